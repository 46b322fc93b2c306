import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { linkQuestionView } from '../views/import-shares.ts'

export default defineComponent({
  route: routes.importSkip,
  needs: 'change',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    linkQuestionView(await rules.nextUnlinked(actor, { after: params.person })),
})

import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { changedView } from '../views/libraries.ts'

export default defineComponent({
  route: routes.librariesSave,
  needs: 'change',
  answers: 'update',
  run: async ({ id, actor, params, rules }) =>
    changedView(
      await rules.changeLibraries(actor, { id, draftId: params.draft }),
      await rules.seesEmails(actor),
    ),
})

import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { importedView } from '../views/import-shares.ts'

export default defineComponent({
  route: routes.importShares,
  needs: 'change',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    importedView(await rules.importShares(actor, { draftId: params.draft })),
})

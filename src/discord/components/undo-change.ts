import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { undoView } from '../views/undo.ts'

export default defineComponent({
  route: routes.undoChange,
  needs: 'change',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    undoView(await rules.undo(actor, { draftId: params.draft }), await rules.seesEmails(actor)),
})

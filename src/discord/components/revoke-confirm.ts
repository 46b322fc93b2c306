import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { revokeView } from '../views/revoke.ts'

export default defineComponent({
  route: routes.revokeConfirm,
  needs: 'revoke',
  answers: 'update',
  run: async ({ id, actor, params, rules }) =>
    revokeView(await rules.revoke(actor, { id, draftId: params.draft }), await rules.seesEmails(actor)),
})

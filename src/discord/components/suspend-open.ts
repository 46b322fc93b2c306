import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { revokeQuestionView } from '../views/revoke.ts'

export default defineComponent({
  route: routes.suspendOpen,
  needs: 'revoke',
  answers: 'new',
  run: async ({ actor, params, rules }) =>
    revokeQuestionView(
      await rules.askToRevoke(actor, { who: params.who, mode: 'suspend' }),
      await rules.seesEmails(actor),
    ),
})

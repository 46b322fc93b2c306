import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { withdrawnView } from '../views/requests.ts'

/** Whoever asked may take it back, even after he has lost the right to ask: the rules look whose it is. */
export default defineComponent({
  route: routes.requestWithdraw,
  needs: 'everybody',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    withdrawnView(await rules.withdrawRequest(actor, { requestId: params.request })),
})

import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { forgetView } from '../views/me.ts'

export default defineComponent({
  route: routes.forgetConfirm,
  needs: 'everybody',
  answers: 'update',
  run: async ({ actor, params, rules }) => forgetView(await rules.forget(actor, { draftId: params.draft })),
})

import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { leftView } from '../views/me.ts'

export default defineComponent({
  route: routes.leaveConfirm,
  needs: 'everybody',
  answers: 'update',
  run: async ({ id, actor, params, rules }) =>
    leftView(await rules.leave(actor, { id, draftId: params.draft })),
})

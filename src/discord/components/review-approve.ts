import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { reviewedView } from '../views/requests.ts'

export default defineComponent({
  route: routes.reviewApprove,
  needs: 'review',
  answers: 'new',
  run: async ({ id, actor, place, params, rules }) =>
    reviewedView(await rules.approveRequest(actor, { id, requestId: params.request, card: place })),
})

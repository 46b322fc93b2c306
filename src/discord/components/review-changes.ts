import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { reviewPanelView } from '../views/requests.ts'

export default defineComponent({
  route: routes.reviewChanges,
  needs: 'review',
  answers: 'new',
  run: async ({ id, actor, place, params, rules }) =>
    reviewPanelView(await rules.openReviewPanel(actor, { id, requestId: params.request, card: place })),
})

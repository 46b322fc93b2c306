import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { reviewedView } from '../views/requests.ts'

export default defineComponent({
  route: routes.reviewSave,
  needs: 'review',
  answers: 'update',
  run: async ({ id, actor, params, rules }) =>
    reviewedView(await rules.approveChanged(actor, { id, draftId: params.draft })),
})

import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { reviewedView } from '../views/requests.ts'

export const reasonField = 'reason'

export default defineComponent({
  route: routes.reviewDeny,
  needs: 'review',
  answers: 'new',
  async run({ id, actor, place, params, fields, rules }) {
    const press = { id, requestId: params.request, card: place, reason: fields[reasonField] ?? '' }
    return reviewedView(await rules.denyRequest(actor, press))
  },
})

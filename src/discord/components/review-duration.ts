import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { chosenDuration, reviewPanelView } from '../views/requests.ts'
import { oldButton } from '../views/trouble.ts'

export default defineComponent({
  route: routes.reviewDuration,
  needs: 'review',
  answers: 'update',
  async run({ actor, params, values, rules }) {
    const lasts = chosenDuration(values[0])
    if (lasts === undefined) return oldButton()
    return reviewPanelView(await rules.changeReviewPanel(actor, { draftId: params.draft, lasts }))
  },
})

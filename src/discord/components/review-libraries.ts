import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { reviewPanelView } from '../views/requests.ts'

export default defineComponent({
  route: routes.reviewLibraries,
  needs: 'review',
  answers: 'update',
  async run({ actor, params, values, rules }) {
    const choice = { draftId: params.draft, part: Number(params.part), ticked: values }
    return reviewPanelView(await rules.changeReviewPanel(actor, choice))
  },
})

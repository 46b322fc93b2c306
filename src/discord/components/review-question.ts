import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { askedView } from '../views/requests.ts'

export const questionField = 'question'

export default defineComponent({
  route: routes.reviewQuestion,
  needs: 'review',
  answers: 'new',
  async run({ id, actor, place, params, fields, rules }) {
    const press = { id, requestId: params.request, card: place, text: fields[questionField] ?? '' }
    return askedView(await rules.askRequester(actor, press))
  },
})

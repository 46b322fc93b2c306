import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { requestView } from '../views/requests.ts'
import { accountField } from './account-answer.ts'

export default defineComponent({
  route: routes.requestAccount,
  needs: 'request',
  answers: 'update',
  async run({ id, actor, params, fields, rules }) {
    const press = { id, draftId: params.draft, typed: fields[accountField] ?? '' }
    return requestView(await rules.requestWithAccount(actor, press))
  },
})

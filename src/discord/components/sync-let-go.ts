import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { letGoView } from '../views/sync.ts'

export default defineComponent({
  route: routes.syncLetGo,
  needs: 'change',
  answers: 'update',
  async run({ id, actor, params, rules }) {
    const what = params.what === 'ends' ? 'ends' : 'vanished'
    const outcome = await rules.letGo(actor, { id, draftId: params.draft, what })
    return letGoView(outcome, await rules.seesEmails(actor))
  },
})

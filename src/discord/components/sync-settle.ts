import type { Remedy } from '../../sharing/use-cases/settle-drift.ts'
import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { driftSettledView } from '../views/sync.ts'

const remedies: readonly Remedy[] = ['fix', 'adopt', 'ignore']

export default defineComponent({
  route: routes.syncSettle,
  needs: 'change',
  answers: 'update',
  async run({ id, actor, params, rules }) {
    const remedy = remedies.find((each) => each === params.remedy) ?? 'ignore'
    const press = { id, draftId: params.draft, at: Number(params.at), remedy }
    return driftSettledView(await rules.settleDrift(actor, press), await rules.seesEmails(actor))
  },
})

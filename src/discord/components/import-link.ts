import { id as asId, isIdLike, type MemberId } from '../../lib/ids.ts'
import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { linkQuestionView } from '../views/import-shares.ts'

export default defineComponent({
  route: routes.importLink,
  needs: 'change',
  answers: 'update',
  async run({ id, actor, params, values, rules }) {
    const [chosen = ''] = values
    const again = () => rules.nextUnlinked(actor, { from: params.person })
    if (!isIdLike(chosen)) return linkQuestionView(await again())
    const press = { id, personId: params.person, memberId: asId<MemberId>(chosen) }
    const outcome = await rules.linkShare(actor, press)
    return outcome.outcome === 'refused' && outcome.reason !== 'notAllowed'
      ? linkQuestionView(await again(), outcome)
      : linkQuestionView(outcome)
  },
})

import { type GuildId, id } from '../../lib/ids.ts'
import { definePersonalComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { accountAnsweredView } from '../views/invite.ts'

export const accountField = 'account'

/** What the member filled in. It comes from a direct message, so the question itself says which guild it was about. */
export default definePersonalComponent({
  route: routes.accountAnswer,
  answers: 'new',
  async runFor({ id: interaction, memberId, params, fields, rules }) {
    const answer = {
      id: interaction,
      guildId: id<GuildId>(params.guild),
      memberId,
      draftId: params.draft,
      typed: fields[accountField] ?? '',
    }
    return accountAnsweredView(await rules.answerAccount(answer))
  },
})

import { type GuildId, id } from '../../lib/ids.ts'
import { definePersonalComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { answeredView } from '../views/requests.ts'

export const replyField = 'reply'

/** What the person answered. It comes from a direct message, so the question itself says which guild it was about. */
export default definePersonalComponent({
  route: routes.requestReply,
  answers: 'new',
  async runFor({ memberId, params, fields, rules }) {
    const reply = {
      guildId: id<GuildId>(params.guild),
      memberId,
      requestId: params.request,
      text: fields[replyField] ?? '',
    }
    return answeredView(await rules.answerReviewer(reply))
  },
})

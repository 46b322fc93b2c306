import { DiscordAPIError, type REST, Routes } from 'discord.js'
import { z } from 'zod'
import type { MemberId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { NoticeOutcome, Notifier } from '../sharing/ports.ts'
import { bodyOf } from './answers.ts'
import type { Reply } from './reply.ts'
import { accountAskNotice, invitedNotice, outcomeNotice } from './views/notices.ts'
import { requestClosedNotice, requestQuestionNotice } from './views/request-notices.ts'

const channel = z.object({ id: z.string() })

/** Direct messages. Discord makes no promise that one arrives, so nothing ever waits for it to. */
export function createNotifier(rest: REST, log: Log, newNonce: () => string): Notifier {
  async function tell(to: MemberId, reply: Reply): Promise<NoticeOutcome> {
    try {
      const { id } = channel.parse(await rest.post(Routes.userChannels(), { body: { recipient_id: to } }))
      // discord.js sends a POST again after a server error: the nonce keeps the message from doubling.
      const once = { nonce: newNonce(), enforce_nonce: true }
      await rest.post(Routes.channelMessages(id), { body: { ...bodyOf(reply), ...once } })
      return 'delivered'
    } catch (error) {
      if (error instanceof DiscordAPIError && takesNone.has(Number(error.code))) return 'closed'
      log.warn({ memberId: to, error }, 'a direct message could not be sent')
      return 'failed'
    }
  }
  return {
    invited: (to, news) => tell(to, invitedNotice(news)),
    outcome: (to, news) => tell(to, outcomeNotice(news)),
    askForAccount: (to, ask) => tell(to, accountAskNotice(ask)),
    requestClosed: (to, news) => tell(to, requestClosedNotice(news)),
    requestQuestion: (to, question) => tell(to, requestQuestionNotice(question)),
  }
}

/** 50007 messages closed or bot blocked, 50278 no common guild, 10013 no such user, 50001 no access. */
const takesNone = new Set([50_007, 50_278, 10_013, 50_001])

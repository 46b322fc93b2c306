import type { LogCard } from '../../sharing/log-card.ts'
import type { Reply } from '../reply.ts'
import { count, day, plain, relative } from '../text.ts'
import { accessWords } from './describe.ts'
import { entryWords } from './event-words.ts'
import { stateWords } from './users.ts'

/** A card of the log channel: many read it, so it names nobody by an address. */
export function logCardView(card: LogCard): Reply {
  return { content: card.is === 'person' ? personWords(card) : alertWords(card) }
}

function personWords(card: Extract<LogCard, { is: 'person' }>): string {
  const { subject, memberId, state, access, endsAt, entries, libraries } = card
  const name =
    subject.username === undefined ? 'an address without an account' : `**${plain(subject.username)}**`
  const member = memberId === undefined ? '' : ` <@${memberId}>`
  const has = access === undefined ? '' : `: ${accessWords(access, libraries, 4)}`
  const ends = endsAt === undefined ? '' : `, ends ${day(endsAt)}`
  return [
    `${name}${member} · ${stateWords[state]}${has}${ends}`,
    ...entries.map((entry) => entryWords(entry, libraries)),
  ].join('\n')
}

function alertWords({ what, held }: Extract<LogCard, { is: 'alert' }>): string {
  if (what === 'vanished') {
    return held
      ? `⚠️ plex.tv shows ${count(held.count, 'person', 'people')} no longer, since ${relative(held.at)}. I believe at most ${held.most} at once without a human, so I believe none of it. Somebody who may \`change\` should look with \`/sync\`.`
      : 'Settled: plex.tv showed many people no longer; that was looked at, or they are there again.'
  }
  return held
    ? `⚠️ ${count(held.count, 'end date has', 'end dates have')} come at once, ${relative(held.at)}. I carry out at most ${held.most} at once without a human, so nobody’s access was ended. Somebody who may \`revoke\` should look with \`/sync\`.`
    : 'Settled: many end dates had come at once; that was looked at, or the clock is right again.'
}

import { expect, test } from 'vitest'
import { auditCsv, auditJson } from '../../src/discord/views/audit-files.ts'
import { eventWords } from '../../src/discord/views/event-words.ts'
import {
  type GuildId,
  id,
  type MemberId,
  type PersonId,
  type ServerId,
  type ShareId,
} from '../../src/lib/ids.ts'
import { trailOf, withoutEmails } from '../../src/sharing/audit.ts'
import { newPerson, type Person, type PersonEvent } from '../../src/sharing/person.ts'

const at = new Date('2026-03-01T12:00:00Z')
const dora = id<MemberId>('4')
const all = { kind: 'all' as const }
const told = { at, about: '1' }

/** One of every kind: a new kind does not compile before it is here. */
const events: { [What in PersonEvent['what']]: PersonEvent & { what: What } } = {
  decided: {
    ...told,
    what: 'decided',
    want: { to: 'share', access: all },
    by: dora,
    reason: 'for pat@example.net',
  },
  shared: { ...told, what: 'shared', status: 'pending', access: all },
  changed: { ...told, what: 'changed', status: 'active', access: all },
  ended: { ...told, what: 'ended' },
  refused: { ...told, what: 'refused', because: 'noSuchAccount' },
  parked: { ...told, what: 'parked', because: 'tooManyAttempts' },
  superseded: { ...told, what: 'superseded' },
  noticeFailed: { ...told, what: 'noticeFailed', to: dora, because: 'closed' },
  accepted: { ...told, what: 'accepted', access: all },
  vanished: { ...told, what: 'vanished', shareId: id<ShareId>('1'), before: all },
  reappeared: { ...told, what: 'reappeared', status: 'active', access: all },
  adopted: { ...told, what: 'adopted', by: dora, status: 'active', access: all },
}
const person: Person = {
  ...newPerson({
    id: id<PersonId>('p'),
    guildId: id<GuildId>('1'),
    serverId: id<ServerId>('s'),
    who: { username: 'old@example.com', email: 'pat@example.net' },
  }),
  history: Object.values(events),
}

test('every event has words of its own', () => {
  const words = Object.values(events).map((event) => eventWords(event, []))
  expect(new Set(words).size).toBe(words.length)
  expect(words).toMatchInlineSnapshot(`
    [
      "decided: share **all libraries, future ones too**",
      "invited to **all libraries, future ones too**, to be accepted",
      "changed: now **all libraries, future ones too**",
      "access ended, confirmed by plex.tv",
      "came to nothing: plex.tv knows no such account",
      "given up for a human to look: it was sent several times and plex.tv never showed it",
      "overtaken by a newer decision",
      "<@4> could not be told: takes no messages",
      "accepted the invitation: **all libraries, future ones too**",
      "no longer shown by plex.tv, had **all libraries, future ones too**",
      "shown by plex.tv again: **all libraries, future ones too**",
      "adopted as plex.tv shows it: **all libraries, future ones too**",
    ]
  `)
})

test('what came of a decision has its decider; of two at one moment the later stands first', () => {
  const trail = trailOf([person])
  expect(trail.map(({ deed }) => deed.event.what)).toEqual(Object.keys(events).reverse())
  expect(trail.find(({ deed }) => deed.event.what === 'ended')).toMatchObject({ by: dora })
})

test('without addresses there is none: in no field, no reason, no user name, and no file', () => {
  const trail = trailOf([person]).map(withoutEmails)
  expect(JSON.stringify(trail)).not.toContain('@')
  expect(auditCsv(trail, []) + auditJson(trail, [])).not.toContain('example')
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\r\n=1', '\u200b=1', '＝1', '|cmd', '%0A'])(
  'a cell that begins with %j is text in a spreadsheet',
  (reason) => {
    const [entry] = trailOf([{ ...person, history: [{ ...events.decided, reason }] }])
    if (!entry) throw new Error('no entry')
    expect(auditCsv([entry], [])).toContain(`"'${reason}"`)
  },
)

test('a cell with quotes, commas and line breaks stays one cell', () => {
  const [entry] = trailOf([{ ...person, history: [{ ...events.decided, reason: 'a "b", c\nd' }] }])
  if (!entry) throw new Error('no entry')
  expect(auditCsv([entry], [])).toContain('"a ""b"", c\nd"\r\n')
})

import { expect, test } from 'vitest'
import { auditCsv, auditJson } from '../../src/discord/views/audit-files.ts'
import { eventWords, requestEventWords } from '../../src/discord/views/event-words.ts'
import {
  type GuildId,
  id,
  type MemberId,
  type PersonId,
  type ServerId,
  type ShareId,
} from '../../src/lib/ids.ts'
import { type AccessRequest, newRequest, type RequestEvent } from '../../src/sharing/access-request.ts'
import { trailOf, withoutEmails } from '../../src/sharing/audit.ts'
import { newPerson, type Person, type PersonEvent } from '../../src/sharing/person.ts'

const at = new Date('2026-03-01T12:00:00Z')
const dora = id<MemberId>('4')
const alice = id<MemberId>('7')
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
  linked: { ...told, what: 'linked', by: dora, to: alice },
  imported: { ...told, what: 'imported', by: 'import', from: 'Membarr', memberId: dora, endsAt: at },
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
      "linked to <@7>",
      "taken over from Membarr: linked to <@4>, ends <t:1772366400:D>",
    ]
  `)
})

const asking = { wanted: { access: all }, note: 'for me@example.com' }
const requestEvents: { [What in RequestEvent['what']]: RequestEvent & { what: What } } = {
  asked: { at, what: 'asked', by: alice, ...asking },
  approved: { at, what: 'approved', id: '7', by: dora, grant: asking.wanted },
  denied: { at, what: 'denied', id: '8', by: dora, reason: 'not me@example.com' },
  questioned: { at, what: 'questioned', by: dora, text: 'is it me@example.com?', notice: 'delivered' },
  answered: { at, what: 'answered', by: alice, text: 'yes, me@example.com' },
  withdrawn: { at, what: 'withdrawn', by: alice },
  expired: { at, what: 'expired' },
  carriedOut: { at, what: 'carriedOut', came: 'invited' },
  noticeFailed: { at, what: 'noticeFailed', to: alice, because: 'closed' },
}
const request: AccessRequest = {
  ...newRequest(
    {
      id: 'r',
      guildId: id<GuildId>('1'),
      serverId: id<ServerId>('s'),
      memberId: alice,
      right: 'request',
      who: { email: 'me@example.com' },
      isLinked: false,
      ...asking,
    },
    at,
  ),
  history: Object.values(requestEvents),
}

test('every event of a request has words of its own, and none holds an address for who may not see them', () => {
  const words = Object.values(requestEvents).map((event) => requestEventWords(event, []))
  expect(new Set(words).size).toBe(words.length)
  expect(words).toMatchInlineSnapshot(`
    [
      "asked for **all libraries, future ones too**",
      "request approved: **all libraries, future ones too**",
      "request denied",
      "asked about the request",
      "answered the reviewers",
      "request withdrawn",
      "request expired",
      "request carried out: invited",
      "<@7> could not be told of the request: takes no messages",
    ]
  `)
  const trail = trailOf([], [request]).map(withoutEmails)
  expect(trail).toHaveLength(words.length)
  expect(trail.filter(({ reason }) => reason?.includes('(an address)'))).toHaveLength(4)
  expect(JSON.stringify(trail) + auditCsv(trail, []) + auditJson(trail, [])).not.toContain('@')
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

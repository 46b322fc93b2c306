import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyOf } from '../../src/discord/answers.ts'
import type { Reply } from '../../src/discord/reply.ts'
import { historyWords } from '../../src/discord/views/event-words.ts'
import { accountAnsweredView, inviteView } from '../../src/discord/views/invite.ts'
import { changedView, changeView, librariesView } from '../../src/discord/views/libraries.ts'
import { exportView, leaveQuestionView, leftView, ownStatusView } from '../../src/discord/views/me.ts'
import { accountAskNotice, invitedNotice, outcomeNotice } from '../../src/discord/views/notices.ts'
import { personView } from '../../src/discord/views/person.ts'
import { refusalView } from '../../src/discord/views/refusal.ts'
import { revokeQuestionView, revokeView } from '../../src/discord/views/revoke.ts'
import { settingsView } from '../../src/discord/views/settings.ts'
import { restoredView, undoView } from '../../src/discord/views/undo.ts'
import { usersView } from '../../src/discord/views/users.ts'
import {
  type AccountId,
  type GuildId,
  id,
  type LibraryId,
  type MemberId,
  type PersonId,
  type ServerId,
  type ShareId,
} from '../../src/lib/ids.ts'
import type { GuildSettings } from '../../src/sharing/guild-settings.ts'
import type { PersonEvent } from '../../src/sharing/person.ts'
import { capabilities } from '../../src/sharing/policy.ts'
import type { Library, Share } from '../../src/sharing/ports.ts'
import { refuse } from '../../src/sharing/refusal.ts'
import type { PersonRow } from '../../src/sharing/use-cases/list-people.ts'

/** What people and plex.tv might have written, each piece with something that Discord would act upon. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', ' ', '\n', '\u200b', '\u3164', 'x'.repeat(5_000), '**'.repeat(400), '\ud800'),
  fc
    .array(
      fc.constantFrom(
        ...[
          '@everyone',
          '@here',
          '<@666>',
          '<@&666>',
          '<#666>',
          '<:a:666>',
          '<t:666:R>',
          '</x:666>',
          '<id:guide>',
        ],
        ...[
          'https://evil.example',
          'www.evil.example',
          'discord.gg/evil',
          '[a](https://evil.example)',
          '<https://evil.example>',
        ],
        ...['\n# evil', '\n> evil', '\n- evil', '\n-# evil', '\n1. evil', '\n\n', '\r\n', '\u202e', '\u2028'],
        ...['**', '__', '~~', '||', '`', '```', '\\', ' ', 'evil', 'a@evil.example'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)
/** What must not survive anywhere in a message; our own words hold none of it. */
const alive = [
  /@(everyone|here)/iu,
  /<(@[!&]?|#|a?:\w+:|t:|\/\w+:|id:)666/u,
  /<id:/u,
  /https?:\/\/evil/iu,
  /\bwww\.evil/iu,
  /discord\.gg/iu,
  /\]\(/u,
  /^\s*(#{1,3}|>|-#|-|\d+\.)\s+evil/mu,
  /[\u202a-\u202e\u2066-\u2069]/u,
]
const now = new Date('2026-11-21T20:00:00Z')
const member = id<MemberId>('7')

type Shared = Extract<PersonEvent, { what: 'shared' | 'changed' }>

/** Every view, with the same hostile text in every place where a text of others can stand. */
function everyReply(text: string): Record<string, Reply> {
  const who = { accountId: id<AccountId>('1'), username: text, email: text }
  const libraries: Library[] = [{ id: id<LibraryId>('1'), type: text, title: text }]
  const access = { kind: 'some', libraries: [id<LibraryId>('1')] } as const
  const share: Share = { id: id<ShareId>('9'), status: 'active', who, title: text, access, settings: {} }
  const pending = { ...share, status: 'pending' as const }
  const serverName = text
  const context = { who, memberId: member, access, libraries, serverName }
  const row: PersonRow = {
    shareId: share.id,
    name: text,
    email: text,
    memberId: member,
    state: 'active',
    access,
  }
  const gone: PersonRow = {
    personId: id<PersonId>('p'),
    name: text,
    email: text,
    state: 'suspended',
    access,
    restorable: {},
  }
  const at = { at: now, about: '1' }
  const shared: Shared = { ...at, what: 'shared', status: 'pending', access }
  const decided: PersonEvent = {
    ...at,
    what: 'decided',
    by: member,
    want: { to: 'share', access },
    reason: text,
  }
  const serverId = id<ServerId>('harbor')
  const people = {
    outcome: 'people',
    libraries,
    serverName,
    serverId,
    readAt: now,
    untold: 1,
    seesEmails: true,
  } as const
  const alsoOn = [text]
  const shown = { outcome: 'person', history: [decided, shared], libraries, serverName, alsoOn, now } as const
  const taken = {
    outcome: 'takenBack',
    who,
    serverName,
    libraries,
    access,
    restrictionsDiffer: true,
  } as const
  const settings = {
    schema: 1 as const,
    guildId: id<GuildId>('1'),
    bindings: [],
    sets: [{ name: text, libraries: access.libraries }],
  } satisfies GuildSettings
  const everything = new Set(capabilities)
  return {
    invited: inviteView({ ...context, outcome: 'invited', event: shared, undo: 'd' }, true),
    invitedMasked: inviteView({ ...context, outcome: 'invited', event: shared, undo: 'd' }, false),
    alreadyHas: inviteView({ ...context, outcome: 'alreadyHas', share: pending, asWished: false }, true),
    alreadyActive: inviteView({ ...context, outcome: 'alreadyHas', share, asWished: false }, true),
    queued: inviteView({ ...context, outcome: 'queued', because: 'unreachable', nextTry: now }, true),
    answered: accountAnsweredView({ ...context, outcome: 'invited', event: shared }),
    revokeQuestion: revokeQuestionView(
      { outcome: 'confirmShare', share, mode: 'suspend', libraries, serverName, draftId: 'd' },
      true,
    ),
    revoked: revokeView({ outcome: 'revoked', subject: share, mode: 'remove', serverName, undo: 'd' }, true),
    leftHome: revokeView({ outcome: 'removedFromHome', title: text }, true),
    choose: changeView(
      { outcome: 'choose', share, libraries, serverName, draftId: 'd', chosen: { kind: 'all' } },
      true,
    ),
    changed: changedView({ outcome: 'changed', share, access, libraries, serverName, undo: 'd' }, true),
    libraries: librariesView({
      outcome: 'libraries',
      libraries,
      sets: settings.sets,
      serverName,
      mine: share,
      readAt: now,
    }),
    users: usersView({ ...people, rows: [row, gone] }, { search: text, page: 0 }),
    nobody: usersView({ ...people, rows: [] }, { search: text, page: 0 }),
    person: personView({ ...shown, row }, everything),
    gone: personView({ ...shown, row: gone }, everything),
    event: { content: historyWords(decided, libraries) },
    settings: settingsView({ outcome: 'settings', before: settings, after: { ...settings }, libraries }),
    undone: undoView({ ...taken, of: 'end', event: shared }, true),
    restored: restoredView({ ...taken, event: { ...shared, status: 'active' } }, true),
    status: ownStatusView({
      outcome: 'status',
      link: { guildId: id<GuildId>('1'), memberId: member, who, linkedAt: now, linkedBy: member },
      accesses: [{ serverName, state: 'active', access }],
      libraries,
    }),
    leave: leaveQuestionView({
      outcome: 'confirmLeave',
      shares: [{ share, serverName }],
      libraries,
      draftId: 'd',
    }),
    left: leftView({ outcome: 'left', serverNames: [serverName] }),
    export: exportView({ outcome: 'exported', exportedAt: now, data: { text } }),
    invitedNotice: invitedNotice({
      serverName,
      guildId: id<GuildId>('1'),
      status: 'pending',
      who,
      libraryTitles: [text],
    }),
    outcomeNotice: outcomeNotice({ serverName, guildId: id<GuildId>('1'), subject: who, came: 'shared' }),
    askNotice: accountAskNotice({ guildId: id<GuildId>('1'), serverName, draftId: 'd' }),
    badRecipient: refusalView(refuse({ reason: 'badRecipient', problem: 'malformedEmail', typed: text })),
    unknownPerson: refusalView(refuse({ reason: 'unknownPerson', typed: text })),
    ambiguous: refusalView(refuse({ reason: 'ambiguousPerson', typed: text, choices: [who, who] })),
    badLibraries: refusalView(
      refuse({
        reason: 'badLibraries',
        problem: { problem: 'unknown', piece: text, similar: libraries },
        offered: [text],
      }),
    ),
    badDuration: refusalView(refuse({ reason: 'badDuration', typed: text })),
    noServer: refusalView(
      refuse({ reason: 'noConnection', problem: { problem: 'serverUnknown', asked: text, servers: [text] } }),
    ),
  }
}

/** Discord's limits. @see https://discord.com/developers/docs/components/reference */
function expectWithinLimits(reply: Reply): void {
  const body = bodyOf(reply)
  expect(body.content.length).toBeLessThanOrEqual(2_000)
  expect(body.components.length).toBeLessThanOrEqual(5)
  for (const component of body.components.flatMap((each) => each.components)) {
    if ('custom_id' in component) expect(component.custom_id.length).toBeLessThanOrEqual(100)
    if (!('options' in component)) continue
    expect(component.options.length).toBeLessThanOrEqual(25)
    for (const { label, value, description } of component.options) {
      expect(label.trim()).not.toBe('')
      for (const part of [label, value, description ?? '']) expect(part.length).toBeLessThanOrEqual(100)
    }
  }
}

describe('a text that others wrote, in every message of ours', () => {
  test('does nothing, rings for nobody, and keeps within Discord’s limits', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const [view, reply] of Object.entries(everyReply(text))) {
          const { content, allowed_mentions } = bodyOf(reply)
          for (const pattern of alive) expect([view, pattern.exec(content)?.[0]]).toEqual([view, undefined])
          expect(allowed_mentions).toEqual({ parse: [] })
          expectWithinLimits(reply)
        }
      }),
      { numRuns: 1_000, seed: 11 },
    )
  })

  test('the check can find something: the same text unescaped is found', () => {
    const text = 'see [a](https://evil.example) @everyone <@666>'
    expect(alive.filter((pattern) => pattern.test(text)).length).toBeGreaterThanOrEqual(4)
  })
})

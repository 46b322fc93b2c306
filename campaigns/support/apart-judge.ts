import type { GuildId } from '../../src/lib/ids.ts'
import type { LedgerEntry } from '../../src/sandbox/plex/ledger.ts'
import { homeOf } from '../../src/sandbox/plex/look-up.ts'
import {
  environmentToken,
  friendOf,
  guestOf,
  homeUserOf,
  idOf,
  librariesOf,
  type OwnerName,
  ownedBy,
  owners,
  serverNames,
} from './apart-plex.ts'
import { customIdsIn, type Said } from './small-discord.ts'
import { channelsOf, guilds, otherOf, rolesOf, type TwoGuilds } from './two-guilds.ts'

/** What was tried, and every way in which one guild touched, used, saw or harmed what is the other's. */
export interface Outcome {
  commands: number
  presses: number
  keystrokes: number
  /** What was really done at plex.tv, by those who may. */
  deeds: number
  requests: number
  deleted: number
  /** Done on a server that the guild does not have, or by somebody who may do nothing there. */
  strayDeeds: number
  /** Asked of plex.tv with a sign-in, or about a server, that is not the guild's. */
  foreignRequests: number
  /** Rows of the other guild that changed, or anybody's by somebody who may change nothing. */
  strayRows: number
  /** A name, address, library, role, channel or word of the other guild in an answer. */
  leaks: number
  /** What the other guild lost when one was left and deleted. */
  harmed: number
  broken: number
}
export const nothingYet = (): Outcome => ({
  ...{ commands: 0, presses: 0, keystrokes: 0, deeds: 0, requests: 0, deleted: 0 },
  ...{ strayDeeds: 0, foreignRequests: 0, strayRows: 0, leaks: 0, harmed: 0, broken: 0 },
})
export const violationsIn = (of: Outcome) =>
  of.strayDeeds + of.foreignRequests + of.strayRows + of.leaks + of.harmed + of.broken

export interface Judge {
  /** Sends something in the name of a guild, or of nobody's (a direct message), and looks at everything it did. */
  send(
    guildId: GuildId | undefined,
    payload: Payload,
    how?: { may?: 'nothing'; inSetup?: boolean },
  ): Promise<Heard>
  /** Jobs, which act for each guild in turn. */
  jobs(work: () => Promise<void>): Promise<void>
  /** A guild was left and is deleted: of it nothing may stay, of the other nothing may go. */
  deletion(left: GuildId, work: () => Promise<void>): Promise<void>
}
export interface Payload {
  data: unknown
}
export interface Heard {
  text: string
  customIds: string[]
  /** Cards and messages that came of it. */
  posted: TwoGuilds['posted']
}

export function judging(on: TwoGuilds, sum: Outcome, onViolation: (what: string) => void = () => {}): Judge {
  /** What each guild may know: what it has, ever had, or somebody there typed himself. */
  const known = new Map(guilds.map((guildId) => [guildId, new Set(ownWords(guildId))]))
  const knows = (guildId: GuildId) => known.get(guildId) ?? new Set()
  const blame = (kind: keyof Outcome, what: string, times = 1) => {
    sum[kind] += times
    onViolation(`${kind}: ${what}`)
  }

  function learn(): void {
    for (const guildId of guilds) {
      for (const serverId of serversOf(on, guildId))
        for (const word of words.get(serverId) ?? []) knows(guildId).add(word)
      const signedIn = on.signedIn(guildId).map(({ owner }) => owner)
      for (const owner of [...accountsOf(on, guildId), ...signedIn])
        for (const word of words.get(owner) ?? []) knows(guildId).add(word)
    }
  }

  function lookAtRequests(since: number, acting: GuildId | undefined | 'anybody', before: Holdings): void {
    const after = holdings(on)
    const made = on.requests.slice(since)
    sum.requests += made.length
    for (const { guildId, token, serverId } of made) {
      const by = guildId ?? (acting === 'anybody' ? undefined : acting)
      const isTheirs = by !== undefined && (acting === 'anybody' || by === acting)
      const pair = `${token} ${serverId ?? ''}`
      if (!isTheirs || !(before.get(by)?.has(pair) || after.get(by)?.has(pair)))
        blame('foreignRequests', `for ${by} in ${acting}: ${pair}`)
    }
    on.requests.length = 0
  }

  function lookAtText(guildId: GuildId | undefined, text: string, typed: string, inSetup: boolean): void {
    const choices = inSetup && guildId ? namesOfAll(on, guildId) : []
    for (const word of allWords) {
      if (!text.includes(word) || typed.includes(word) || choices.includes(word)) continue
      if (guildId && knows(guildId).has(word)) continue
      blame('leaks', `${word} to ${guildId}: ${text.slice(0, 1_500)}`)
    }
  }

  function lookAtPosts(since: number, acting: GuildId | 'anybody' | undefined, typed: string) {
    const made = on.posted.slice(since)
    for (const { guildId, channelId, body } of made) {
      const isTheirs = acting === 'anybody' || guildId === acting
      const isPlace =
        channelId.startsWith('5') || Object.values<string>(channelsOf(guildId)).includes(channelId)
      if (!isTheirs || !isPlace) blame('leaks', `${guildId} said something in ${channelId} for ${acting}`)
      lookAtText(guildId, textOf(body), typed, false)
    }
    return made
  }

  return {
    async send(guildId, payload, { may, inSetup = false } = {}) {
      const { state, posted } = on
      const typed = JSON.stringify(payload.data)
      learn()
      const servers = new Set(guildId ? serversOf(on, guildId) : [])
      const accounts = new Set(guildId ? accountsOf(on, guildId) : [])
      const before = {
        rows: rowsByGuild(on),
        ledger: state.ledger.length,
        posted: posted.length,
        held: holdings(on),
      }
      const said = (await on.discord.send(payload)) ?? []
      learn()
      const own = guildId && knows(guildId)
      // Whoever says a word himself knows it, and so does everybody in his guild who reads it later.
      if (own) for (const word of allWords) if (typed.includes(word)) own.add(word)
      if (guildId) for (const serverId of serversOf(on, guildId)) servers.add(serverId)
      if (guildId) for (const owner of accountsOf(on, guildId)) accounts.add(owner)

      const done = state.ledger.slice(before.ledger)
      for (const entry of done) {
        if (entry.did === 'pin-linked' || entry.did === 'signed-out') continue
        sum.deeds++
        if (may === 'nothing' || !isOn(on, entry, servers, accounts))
          blame('strayDeeds', `${entry.did} by ${guildId} ${typed}`)
      }
      lookAtRequests(0, guildId, before.held)
      const rows = rowsByGuild(on)
      for (const each of guilds) {
        const mayChange = each === guildId && may !== 'nothing'
        if (!mayChange && rows.get(each) !== before.rows.get(each))
          blame('strayRows', `of ${each} by ${guildId}: ${typed}`)
      }
      const text = said.map(textOfSaid).join('\n')
      lookAtText(guildId, text, typed, inSetup)
      return { text, customIds: customIdsIn(said), posted: lookAtPosts(before.posted, guildId, typed) }
    },

    async jobs(work) {
      learn()
      const before = { ledger: on.state.ledger.length, posted: on.posted.length, held: holdings(on) }
      await work()
      learn()
      for (const entry of on.state.ledger.slice(before.ledger)) {
        sum.deeds++
        const servers = new Set(guilds.flatMap((guildId) => serversOf(on, guildId)))
        if (!isOn(on, entry, servers, new Set())) blame('strayDeeds', `${entry.did} by a job`)
      }
      lookAtRequests(0, 'anybody', before.held)
      lookAtPosts(before.posted, 'anybody', '')
    },

    async deletion(left, work) {
      const stays = otherOf(left)
      const rows = rowsByGuild(on).get(stays)
      const living = livingTokens(on, stays)
      const { shares } = on.state.world
      await work()
      // Ending a sign-in is a request with the left guild's own token.
      on.requests.length = 0
      sum.deleted++
      if (rowsByGuild(on).get(left) !== '') blame('harmed', `rows of ${left} are left`)
      if (rowsByGuild(on).get(stays) !== rows) blame('harmed', `rows of ${stays} changed`)
      if (on.state.world.shares !== shares) blame('harmed', 'shares changed')
      if (livingTokens(on, stays) !== living) blame('harmed', `a sign-in of ${stays} was ended`)
    },
  }
}

// ---------------------------------------------------------------------------------------------------------------
// What is whose

type Holdings = ReadonlyMap<GuildId, ReadonlySet<string>>

/** By guild, every sign-in alone and with each server that it is used for. */
function holdings(on: TwoGuilds): Holdings {
  return new Map(
    guilds.map((guildId) => {
      const { accounts = [], servers = [] } = on.recordOf(guildId) ?? {}
      const pairs = accounts.flatMap(({ accountId, token }) => [
        `${token} `,
        ...servers
          .filter((server) => server.accountId === accountId)
          .map(({ serverId }) => `${token} ${serverId}`),
      ])
      const environment = on.isServedByEnvironment(guildId) ? [`${environmentToken} ${idOf('Harbor')}`] : []
      const signIns = on.signedIn(guildId).map(({ token }) => `${token} `)
      return [guildId, new Set([...pairs, ...environment, ...signIns])]
    }),
  )
}

function serversOf(on: TwoGuilds, guildId: GuildId): string[] {
  const own = on.recordOf(guildId)?.servers.map(({ serverId }) => String(serverId)) ?? []
  return on.isServedByEnvironment(guildId) ? [...own, idOf('Harbor')] : own
}

function accountsOf(on: TwoGuilds, guildId: GuildId): OwnerName[] {
  const linked = on.recordOf(guildId)?.accounts.map(({ accountId }) => String(accountId)) ?? []
  const names = Object.keys(owners) as OwnerName[] // Those of the record.
  const own = names.filter((name) => linked.includes(String(owners[name])))
  return on.isServedByEnvironment(guildId) && !own.includes('olive') ? [...own, 'olive'] : own
}

/** `/setup` shows what the linked accounts own, so that somebody can choose. */
function namesOfAll(on: TwoGuilds, guildId: GuildId): string[] {
  return accountsOf(on, guildId).flatMap((owner) =>
    ownedBy(on.state, owners[owner]).flatMap(({ serverId, name }) => [serverId, name]),
  )
}

function livingTokens({ state, recordOf }: TwoGuilds, guildId: GuildId): number {
  const tokens = recordOf(guildId)?.accounts.map(({ token }) => token) ?? []
  const own = [...tokens, environmentToken]
  return state.world.tokens.filter(({ token, dead }) => own.includes(token) && dead === null).length
}

function isOn(
  { state }: TwoGuilds,
  { details }: LedgerEntry,
  servers: ReadonlySet<string>,
  accounts: ReadonlySet<string>,
): boolean {
  if ('machineIdentifier' in details) return servers.has(details.machineIdentifier)
  // Somebody went from a Plex Home, which is the account's and no server's.
  const names = Object.keys(owners) as OwnerName[] // Those of the record.
  const isOfHome = names.find((name) =>
    homeOf(state.before(1), owners[name])?.memberIds.includes(details.accountId ?? 0),
  )
  return isOfHome !== undefined && accounts.has(isOfHome)
}

/** Every row of each guild as it lies on the disk, one text a guild. Keys begin with the guild, or hold it. */
function rowsByGuild({ disk }: TwoGuilds): Map<GuildId, string> {
  const texts = new Map<GuildId, string>(guilds.map((guildId) => [guildId, '']))
  for (const [namespace, { rows }] of disk) {
    for (const [key, text] of rows) {
      const guildId = guilds.find((each) => key.includes(each))
      if (guildId) texts.set(guildId, `${texts.get(guildId)}${namespace} ${key} ${text}\n`)
    }
  }
  return texts
}

// ---------------------------------------------------------------------------------------------------------------
// Words that give away whose something is

/** By server and by owner: what stands in an answer only where that one was looked at. */
const words: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...serverNames.map(
    (name) =>
      [
        idOf(name),
        [
          name,
          idOf(name),
          friendOf(name),
          guestOf(name),
          ...librariesOf(name).flatMap((library) => [String(library.id), library.title]),
        ].filter((word) => word !== 'Movies'),
      ] as const,
  ),
  ...(Object.keys(owners) as OwnerName[]).map(
    (owner) => [owner, [`${owner}owner`, homeUserOf(owner)]] as const,
  ),
])

/** A guild's own id, roles, channels, and the word that its people put into every text. */
const ownWords = (guildId: GuildId): string[] => [
  guildId,
  ...Object.values(rolesOf(guildId)),
  ...Object.values(channelsOf(guildId)),
]
const allWords = [...[...words.values()].flat(), ...guilds.flatMap(ownWords)]

const textOfSaid = ({ body, files = [] }: Said) => [textOf(body), ...files].join('\n')
const textOf = (body: unknown) => JSON.stringify(body)

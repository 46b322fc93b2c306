import type { AccountId, GuildId, ServerId } from '../../lib/ids.ts'
import {
  type ConnectedAccount,
  type GuildConnections,
  noConnections,
  withFirst,
  withServersOf,
} from '../guild-connections.ts'
import type { Actor } from '../policy.ts'
import type { Trouble } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { SetupStep } from '../setup-step.ts'
import { mayNot, type Ports } from './ports.ts'
import { setupStepOf, type TestedServer, testServers } from './setup-state.ts'

export interface ServerChoice {
  serverId: ServerId
  name: string
  accountId: AccountId
  username: string
  isChosen: boolean
}
export interface ServerChoices {
  outcome: 'whichServers'
  /** The servers that the linked accounts own. */
  choices: readonly ServerChoice[]
  /** Accounts that plex.tv could not be asked about: what the guild uses of them stays as it is. */
  unread: readonly { username: string; trouble: Trouble }[]
  /** Those that are used, the first one first. */
  used: readonly { serverId: ServerId; name: string }[]
  /** After a choice: how each of them came out. */
  tested?: readonly TestedServer[]
  next: SetupStep
}

/** The servers that could be used, and those that are. */
export async function askWhichServers(ports: Ports, actor: Actor): Promise<ServerChoices | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  return choicesOf(ports, actor.guildId)
}

/** These servers and no others are the guild's. Nothing changes at Plex, and what is known of people is kept. */
export async function chooseServers(
  ports: Ports,
  actor: Actor,
  press: { serverIds: readonly string[] },
): Promise<ServerChoices | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const { guildId, memberId } = actor
  const record = await ports.connectionRecords.get(guildId)
  if (!record || record.accounts.length === 0) return refuse({ reason: 'noPlexAccount' })
  const { owned } = await ownedBy(ports, record)
  await ports.connectionRecords.update(guildId, (current) => {
    if (!current) return undefined
    let next = current
    for (const [account, servers] of owned) {
      const chosen = servers.filter(({ serverId }) => press.serverIds.includes(serverId))
      next = withServersOf(next, account.accountId, chosen)
    }
    return next
  })
  ports.log.info({ guildId, memberId, count: press.serverIds.length }, 'The servers of a guild were chosen')
  const choices = await choicesOf(ports, guildId)
  return choices.outcome === 'refused' ? choices : { ...choices, tested: await testServers(ports, guildId) }
}

/** This one is meant where none is named. */
export async function chooseFirstServer(
  ports: Ports,
  actor: Actor,
  press: { serverId: string },
): Promise<ServerChoices | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const { guildId } = actor
  await ports.connectionRecords.update(guildId, (current) => {
    const server = current?.servers.find(({ serverId }) => serverId === press.serverId)
    return current && server && withFirst(current, server.serverId)
  })
  return choicesOf(ports, guildId)
}

async function choicesOf(ports: Ports, guildId: GuildId): Promise<ServerChoices | Refusal> {
  const record = (await ports.connectionRecords.get(guildId)) ?? noConnections(guildId)
  if (record.accounts.length === 0) return refuse({ reason: 'noPlexAccount' })
  const { owned, unread } = await ownedBy(ports, record)
  const isChosen = new Set(record.servers.map(({ serverId }) => serverId))
  return {
    outcome: 'whichServers',
    choices: [...owned].flatMap(([{ accountId, username }, servers]) =>
      servers.map((server) => ({ ...server, accountId, username, isChosen: isChosen.has(server.serverId) })),
    ),
    unread,
    used: record.servers,
    next: await setupStepOf(ports, guildId),
  }
}

async function ownedBy(ports: Ports, { accounts }: GuildConnections) {
  const owned = new Map<ConnectedAccount, readonly { serverId: ServerId; name: string }[]>()
  const unread: { username: string; trouble: Trouble }[] = []
  for (const account of accounts) {
    const whose = await ports.plexAccounts.whose(account.token)
    if (whose.ok) owned.set(account, whose.value.servers)
    else unread.push({ username: account.username, trouble: whose.problem })
  }
  return { owned, unread }
}

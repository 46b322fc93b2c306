import { type Environment, readSetting } from '../../config.ts'
import { label } from '../../discord/text.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import type { ConnectedAccount, GuildConnections } from '../../sharing/guild-connections.ts'
import type { Installation } from '../installation.ts'

/** A sign-in that the bot works with. */
export interface AccountSource {
  token: string
  /** Since when, where that is known. */
  linkedAt: Date | undefined
  /** The Discord servers that work with this very token, and those among them that /setup connected. */
  usedBy: { environment: boolean; guildIds: readonly string[]; connectedGuildIds: readonly string[] }
}

/** The one that is meant; the problem says in words what to add. */
export function whichAccount(
  environment: Environment,
  { connections }: Installation,
  { guild, account }: { guild: string | undefined; account: string | undefined },
): Result<AccountSource, string> {
  const given = readSetting('PLEX_TOKEN', environment)
  const present = (given.ok && given.value?.reveal()) || undefined
  const source = (token: string, of?: ConnectedAccount): AccountSource => ({
    token,
    linkedAt: of?.linkedAt,
    usedBy: usersOf(token, present, environment, connections),
  })
  if (guild === undefined) {
    if (present !== undefined) return ok(source(present))
    const guilds = connections.filter(({ accounts }) => accounts.length > 0).map(({ guildId }) => guildId)
    return problem(
      guilds.length > 0
        ? `PLEX_TOKEN is not set. /setup connected accounts for these Discord servers; name one:\n${guilds.map((each) => `  --guild ${each}`).join('\n')}`
        : 'No Plex account is signed in. npm run setup signs one in, or /setup plex in Discord.',
    )
  }
  const accounts = connections.find(({ guildId }) => guildId === guild)?.accounts ?? []
  if (accounts.length === 0) {
    return problem(
      `/setup has connected no Plex account for the Discord server ${label(guild, 'of that id')}. Without --guild it is the account of PLEX_TOKEN.`,
    )
  }
  const named = accounts.filter(
    ({ accountId, username }) => account === undefined || account === accountId || account === username,
  )
  const [only, another] = named
  if (only && !another) return ok(source(only.token, only))
  const names = accounts.map(({ username, accountId }) => `  --account ${label(username, accountId)}`)
  return problem(
    `${only ? 'Several accounts are connected there' : 'No account of that name is connected there'}; name one:\n${names.join('\n')}`,
  )
}

function usersOf(
  token: string,
  present: string | undefined,
  environment: Environment,
  connections: readonly GuildConnections[],
): AccountSource['usedBy'] {
  const isPresent = token === present
  const ids = readSetting('DISCORD_GUILD_IDS', environment)
  const ofEnvironment = isPresent && ids.ok ? (ids.value ?? []) : []
  const ofStore = connections
    .filter(({ accounts }) => accounts.some((each) => each.token === token))
    .map(({ guildId }) => guildId)
  return {
    environment: isPresent,
    guildIds: [...new Set([...ofEnvironment, ...ofStore])],
    connectedGuildIds: ofStore,
  }
}

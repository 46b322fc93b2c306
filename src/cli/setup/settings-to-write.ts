import type { VariableName } from '../../config/variables.ts'
import type { Say } from '../asker.ts'
import type { SettingsInForce } from '../settings-in-force.ts'
import type { ChosenGuilds } from './discord-guilds.ts'
import type { ChosenServer } from './plex-server.ts'

export type Changes = Partial<Record<VariableName, string>>

/** What `.env` has to say so that the bot starts with what was chosen; nothing of what it says already. */
export function settingsToWrite(
  settings: SettingsInForce,
  chosen: { token: string; guilds: ChosenGuilds; server: ChosenServer | undefined },
  say: Say,
): Changes {
  const { token, guilds, server } = chosen
  const changes: Changes = {}
  const set = (name: VariableName, value: string, isSaidAlready: boolean) => {
    if (isSaidAlready) return
    if (settings.isOurs(name)) changes[name] = value
    else say(`${name} comes from ${settings.sourceOf(name)}, which counts more than .env: change it there.`)
  }
  const tokenNow = settings.read('DISCORD_TOKEN')
  set('DISCORD_TOKEN', token, tokenNow.ok && tokenNow.value?.reveal() === token)
  if (!server) return changes

  const guildsNow = settings.read('DISCORD_GUILD_IDS')
  const ids = [...guilds.chosen.map(({ guildId }) => guildId), ...guilds.unseen]
  set('DISCORD_GUILD_IDS', ids.join(','), guildsNow.ok && isSameSet(guildsNow.value ?? [], ids))
  const plexNow = settings.read('PLEX_TOKEN')
  set('PLEX_TOKEN', server.owner.token, plexNow.ok && plexNow.value?.reveal() === server.owner.token)
  const serverNow = settings.read('PLEX_SERVER')
  // By its identifier, which stays when it is renamed or when the account gets another server.
  set('PLEX_SERVER', server.serverId, serverNow.ok && isNamedBy(server, serverNow.value))
  return changes
}

/** `before` may name it by its name, where no other of the account's servers has that. */
function isNamedBy({ serverId, owner }: ChosenServer, before: string | undefined): boolean {
  if (before === serverId) return true
  const named = owner.servers.filter(({ name }) => name === before)
  return named.length === 1 && named[0]?.serverId === serverId
}

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each) => b.includes(each))

import type { GuildId } from '../../lib/ids.ts'
import type { Ports } from './ports.ts'
import { isUsedElsewhere } from './setup-plex.ts'

type ForgetGuildPorts = Pick<
  Ports,
  | 'people'
  | 'links'
  | 'settings'
  | 'drafts'
  | 'drift'
  | 'requests'
  | 'waiting'
  | 'counters'
  | 'logCards'
  | 'connectionRecords'
  | 'rememberedServers'
  | 'guilds'
  | 'plexAccounts'
  | 'deletions'
  | 'clock'
  | 'log'
  | 'scrub'
>

/**
 * Deletes everything that is kept of a guild, and ends its sign-ins at Plex. Nobody's access changes by it. The guild's own
 * record goes last: what a crash interrupts is begun again.
 */
export async function forgetGuild(ports: ForgetGuildPorts, guildId: GuildId): Promise<void> {
  const record = await ports.connectionRecords.get(guildId)
  for (const { token } of record?.accounts ?? []) {
    if (await isUsedElsewhere(ports, token, guildId)) continue
    // What plex.tv does not take note of now, the owner can end himself; it stands in the log.
    if (!(await ports.plexAccounts.signOut(token))) {
      ports.log.warn(
        { guildId },
        'plex.tv did not take note of a sign-out; end it there under Authorized devices',
      )
    }
  }
  await ports.deletions.note({ guildId }, ports.clock.now())
  const ofGuild = `${guildId}:`
  const { people, requests, drafts, drift, waiting, counters, logCards, rememberedServers } = ports
  const keptByGuild = [people, requests, drafts, drift, waiting, counters, logCards, rememberedServers]
  for (const documents of keptByGuild) {
    await documents.removeAll(ofGuild)
  }
  await ports.links.forgetGuild(guildId)
  await ports.settings.remove(guildId)
  await ports.connectionRecords.remove(guildId)
  await ports.guilds.remove(guildId)
  await ports.deletions.note({ guildId }, ports.clock.now())
  await ports.scrub()
  ports.log.info({ guildId }, 'Everything of a guild that was left was deleted')
}

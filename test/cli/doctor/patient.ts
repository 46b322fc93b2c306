import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CheckReport } from '../../../src/cli/doctor/examine.ts'
import { type DoctorOptions, runDoctor } from '../../../src/cli/doctor/run-doctor.ts'
import { registrationOf } from '../../../src/discord/define.ts'
import { loadCommands } from '../../../src/discord/load.ts'
import {
  type AccountId,
  type ChannelId,
  type GuildId,
  id,
  type MemberId,
  type RoleId,
} from '../../../src/lib/ids.ts'
import {
  discordWorld,
  type PretendDiscord,
  type WorldDifferences,
} from '../../../src/sandbox/discord/index.ts'
import { type PretendPlex, startPretendPlex } from '../../../src/sandbox/plex/start.ts'
import {
  harborId,
  owner,
  ownerToken,
  type PlexDifferences,
  plexWorld,
} from '../../../src/sandbox/plex/world.ts'
import { openDocuments } from '../../../src/storage/open-documents.ts'
import { parseCommands } from '../../../src/storage/shapes.ts'
import { aDiscord } from '../../sandbox/discord/bot.ts'
import { storeIn, temporaryFolder } from '../../storage/temporary-store.ts'

/** An installation in which all is well, and which a test then spoils. */
export interface Patient {
  discord: PretendDiscord
  plex: PretendPlex
  /** The working folder; the store and its key lie in `data`. */
  folder: string
  file: string
  keyFile: string
  environment: Record<string, string | undefined>
  options: Partial<DoctorOptions>
}

/** However busy the machine is: only a test of hanging waits for a deadline. */
export const patience = { answerWithinMs: 30_000, checkWithinMs: 60_000 }

export interface PatientDifferences {
  discord?: WorldDifferences
  plex?: PlexDifferences
  /** Nothing was ever started: no store, no commands, nothing connected. */
  isNew?: boolean
}

/** Cinema Club is connected to Harbor; its reviewers and its log have channels, and Reviewer and Member have levels. */
export async function patient(differences: PatientDifferences = {}): Promise<Patient> {
  const discord = await aDiscord({ world: discordWorld(differences.discord) })
  const plex = await startPretendPlex({ world: plexWorld(differences.plex) })
  onTestFinished(() => plex.close())
  const folder = await temporaryFolder()
  const file = join(folder, 'data', 'usherr.sqlite')
  const made: Patient = {
    discord,
    plex,
    folder,
    file,
    keyFile: join(dirname(file), 'encryption.key'),
    environment: {
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      PLEX_API_URL: plex.url,
      STORAGE_URL: `sqlite://${file}`,
    },
    options: { ...patience },
  }
  if (!differences.isNew) {
    await registerCommands(discord)
    await fill(made)
  }
  return made
}

/** What the bot tells Discord at its first start, or only some of it. */
export async function registerCommands(
  { url, token, world }: PretendDiscord,
  change: (bodies: unknown[]) => unknown[] = (bodies) => bodies,
): Promise<void> {
  const body = change((await loadCommands()).map(registrationOf))
  const answer = await fetch(`${url}/v10/applications/${world.application.id}/commands`, {
    method: 'PUT',
    headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the pretend Discord refuses the commands (${answer.status})`)
}

async function fill({ discord, file }: Patient): Promise<void> {
  const store = await storeIn(file)
  const { documents } = await openDocuments(store)
  await store.collection('commands', parseCommands).update('registered', () => 'a fingerprint')
  const [guild] = discord.world.guilds
  if (guild) {
    const guildId = id<GuildId>(guild.id)
    const role = (name: string) => id<RoleId>(guild.roles.find((each) => each.name === name)?.id ?? name)
    const channel = (name: string) =>
      id<ChannelId>(guild.channels.find((each) => each.name === name)?.id ?? name)
    await documents.settings.update(guildId, () => ({
      schema: 1,
      guildId,
      bindings: [
        { roleId: role('Reviewer'), level: 'reviewer' },
        { roleId: role('Member'), level: 'member' },
      ],
      sets: [],
      reviewersChannelId: channel('reviews'),
      log: { channelId: channel('log'), since: new Date() },
    }))
    await documents.connectionRecords.update(guildId, () => connected(guildId))
  }
  await store.close()
}

export const connected = (guildId: GuildId, token = ownerToken) => ({
  schema: 1 as const,
  guildId,
  accounts: [
    {
      accountId: id<AccountId>(String(owner.id)),
      username: owner.username,
      token,
      linkedBy: id<MemberId>('200000000000000001'),
      linkedAt: new Date('2026-01-02T03:04:05Z'),
    },
  ],
  servers: [{ serverId: id<never>(harborId), name: 'Harbor', accountId: id<AccountId>(String(owner.id)) }],
})

export interface Examined {
  code: number
  out: string
  reports: readonly CheckReport[]
  report(check: string): CheckReport
}

/** What the doctor says, as a program reads it. */
export async function examined({ environment, folder, options }: Patient): Promise<Examined> {
  const { code, out } = await doctor(['--json'], { environment, folder, ...options })
  const { checks }: { checks: CheckReport[] } = JSON.parse(out)
  return {
    code,
    out,
    reports: checks,
    report(check) {
      const found = checks.find((each) => each.check === check)
      if (!found) throw new Error(`no check is called ${check}`)
      return found
    },
  }
}

export async function doctor(args: readonly string[], options: DoctorOptions) {
  const lines: string[] = []
  const code = await runDoctor(args, options, (text) => lines.push(text))
  return { code, out: lines.join('\n') }
}

export const modeOf = async (file: string) => (await stat(file)).mode & 0o777

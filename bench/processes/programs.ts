import { readFileSync } from 'node:fs'
import type { PretendDiscord } from '../../src/sandbox/discord/index.ts'
import { harborId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { type MeasuredProcess, startMeasured } from './measured-process.ts'

export interface Surroundings {
  discord: PretendDiscord
  plexUrl: string
  storeFile: string
}

/** The bot as it is shipped: compiled, with the flags of `npm start`. */
export function startBot(at: Surroundings): Promise<MeasuredProcess> {
  const { flags, script } = startCommand()
  return startMeasured({ script, flags, readyLine: 'Usherr answers', env: environmentOf(at) })
}

export const environmentOf = (at: Surroundings): Record<string, string> => ({
  DISCORD_TOKEN: at.discord.token,
  DISCORD_API_URL: at.discord.url,
  DISCORD_GUILD_IDS: at.discord.world.guilds.map(({ id }) => id).join(','),
  PLEX_TOKEN: ownerToken,
  PLEX_SERVER: harborId,
  PLEX_API_URL: at.plexUrl,
  STORAGE_URL: `sqlite://${at.storeFile}`,
})

export function startBareClient(discord: PretendDiscord, flags: readonly string[]): Promise<MeasuredProcess> {
  return startMeasured({
    script: 'bench/processes/bare-client.mjs',
    flags,
    readyLine: 'ready',
    env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.url },
  })
}

/** Node's flags and the file of `npm start`, read where they stand, so that what is measured is what is run. */
export function startCommand(): { flags: string[]; script: string } {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const [, words = ''] = /"start": "node ([^"]+)"/u.exec(file) ?? []
  const [script, ...flags] = words.split(' ').reverse()
  if (!script) throw new Error('package.json does not say how the bot is started')
  return { script, flags: flags.reverse() }
}

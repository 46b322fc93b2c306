import { join } from 'node:path'
import { describeProblems, type Environment, loadConfig } from '../../config.ts'
import type { Result } from '../../lib/result.ts'
import { type Asker, Cancelled, type Say } from '../asker.ts'
import { foreseeInstallation, tokensOf } from '../installation.ts'
import { plexAccess } from '../plex-access.ts'
import { settingsInForce } from '../settings-in-force.ts'
import { chooseGuilds } from './discord-guilds.ts'
import { discordToken } from './discord-token.ts'
import { type EnvFile, type EnvFileProblem, readEnvFile, writeEnvFile } from './env-file.ts'
import type { SetupGround } from './ground.ts'
import { type MadeSignIns, madeSignIns } from './made-sign-ins.ts'
import { type ChosenServer, choosePlexServer } from './plex-server.ts'
import { settingsToWrite } from './settings-to-write.ts'

/**
 * Asks one thing after the other, tests each, and writes `.env` at the very end: until then everything is as it was,
 * and a sign-in that was made is ended again. Returns the exit code.
 */
export async function runSetup(ground: SetupGround): Promise<number> {
  const undo: { signIns?: MadeSignIns } = {}
  try {
    return await setUp(ground, undo)
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    ground.say('Stopped. No setting was changed.')
    return stoppedByPerson
  } finally {
    const ended = await undo.signIns?.endAll()
    if (ended !== undefined) ground.say(ended)
  }
}

/** What a shell gives for a command that Ctrl+C ended. */
const stoppedByPerson = 130

async function setUp(ground: SetupGround, undo: { signIns?: MadeSignIns }): Promise<number> {
  const { say, clock, asker, stopped } = ground
  const file = await readEnvFile(join(ground.folder, '.env'))
  if (!file.ok) return refuse(ground, fileProblemWords(file.problem))
  const settings = settingsInForce(ground.environment, file.value.values)
  const discordApi = settings.read('DISCORD_API_URL')
  const plexApi = settings.read('PLEX_API_URL')
  for (const read of [discordApi, plexApi]) {
    if (!read.ok) return refuse(ground, describeProblems(read.problem))
  }
  if (file.value.text !== undefined)
    say('There is a .env here already: what it has is used, and asked about.')

  const known = await discordToken(ground, settings, (discordApi.ok && discordApi.value) || '')
  if (!known) return 1
  const guildIds = settings.read('DISCORD_GUILD_IDS')
  // What is chosen now takes its place.
  if (!guildIds.ok) say(describeProblems(guildIds.problem))
  const guilds = await chooseGuilds(known, ground, (guildIds.ok && guildIds.value) || [])

  let server: ChosenServer | undefined
  let makeStore: (() => Promise<Result<unknown, string>>) | undefined
  if (guilds.chosen.length > 0) {
    const installation = await foreseeInstallation(settings.environment)
    if (!installation.ok) return refuse(ground, installation.problem)
    const token = settings.read('PLEX_TOKEN')
    const inUse = (token.ok && token.value?.reveal()) || undefined
    const plex = plexAccess({
      clientIdentifier: installation.value.clientIdentifier,
      baseUrl: (plexApi.ok && plexApi.value) || undefined,
      clock,
    })
    const signIns = madeSignIns(plex, [...tokensOf(installation.value), ...(inUse ? [inUse] : [])])
    undo.signIns = signIns
    server = await choosePlexServer({ ...ground, plex, signIns }, settings)
    if (server) makeStore = installation.value.make
  } else {
    say(
      'Plex is connected for a Discord server, so that has to wait: /setup plex in Discord does it, or this again.',
    )
  }

  const changes = settingsToWrite(settings, { token: known.token, guilds, server }, say)
  const names = Object.keys(changes)
  if (names.length > 0) {
    if (!(await mayWrite(file.value, names, asker))) throw new Cancelled()
    if (stopped.aborted) throw new Cancelled()
    // Who signed in has to be known by the same name to the bot, so the name is stored before the token is.
    const made = await makeStore?.()
    if (made && !made.ok) return refuse(ground, made.problem)
    const written = await writeEnvFile(file.value, changes)
    if (!written.ok) return refuse(ground, fileProblemWords(written.problem))
    say(`Written: ${file.value.path} (${names.join(', ')}). Only its owner can read it.`)
  } else say('Everything is set already; nothing had to be written.')
  if (server) undo.signIns?.kept(server.owner.token)
  return sayWhatIsNext({ ...settings.environment, ...changes }, server, say)
}

/** A file that is new loses nothing. Of one that is there the names are shown that would change, never values. */
async function mayWrite({ path, text, values }: EnvFile, names: readonly string[], asker: Asker) {
  if (text === undefined) return true
  const replaced = names.filter((name) => values[name])
  const added = names.filter((name) => !values[name])
  const parts = [
    ...(replaced.length > 0 ? [`replaces ${replaced.join(', ')}`] : []),
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
  ]
  return asker.confirm(`Change ${path}? It ${parts.join(' and ')}; every other line stays.`)
}

function sayWhatIsNext(environment: Environment, server: ChosenServer | undefined, say: Say): number {
  const config = loadConfig(environment)
  if (!config.ok) {
    say(`Before the bot starts:\n${describeProblems(config.problem)}`)
    return 1
  }
  const inDiscord = server
    ? '/setup roles says which of your roles may what, and /invite invites somebody'
    : '/setup plex connects your Plex server'
  say(`Now start the bot:\n  npm start\nThen type in your Discord server: ${inDiscord}.`)
  return 0
}

function fileProblemWords(why: EnvFileProblem): string {
  switch (why.problem) {
    case 'unreadable':
      return `.env is there and cannot be read (${why.code}). Make it readable for you, then run this again.`
    case 'unwritable':
      return `.env could not be written (${why.code}). Make the folder writable for you, then run this again.`
    case 'changedMeanwhile':
      return '.env was changed by somebody else meanwhile, so it was left alone. Run this again.'
    case 'notUnderstood':
      return '.env has values over several lines, between which nothing can be changed safely, so it was left alone. Move it away, run this again, and put your other lines back.'
    default:
      return why satisfies never
  }
}

function refuse({ say }: SetupGround, text: string): number {
  say(`${text}\nNo setting was changed.`)
  return 1
}

import { describeProblems } from '../../config.ts'
import { label } from '../../discord/text.ts'
import { plexProblemWords } from '../plex-words.ts'
import type { SettingsInForce } from '../settings-in-force.ts'
import { chooseWay, ownerOf, type PlexGround, type PlexOwner, signInBy } from './plex-sign-in.ts'

/** Who shares which of his servers. */
export interface ChosenServer {
  owner: PlexOwner
  serverId: string
}

/** The account and server to share; `undefined`: later, in Discord. */
export async function choosePlexServer(
  ground: PlexGround,
  settings: SettingsInForce,
): Promise<ChosenServer | undefined> {
  const found = await accountThatIsThere(ground, settings)
  if (found === 'cannotBeChanged') return undefined
  const ofFound = found && (await pickServer(found, ground, settings))
  if (ofFound) return ofFound
  if (found && !settings.isOurs('PLEX_TOKEN')) {
    ground.say(changeItThere(settings))
    return undefined
  }
  for (;;) {
    const way = await chooseWay(ground)
    if (way === 'later') return undefined
    const token = await signInBy(way, ground)
    const owner = token === undefined ? undefined : await nowSignedIn(token, ground)
    if (!owner) continue
    const chosen = await pickServer(owner, ground, settings)
    if (chosen) return chosen
    await endSignIn(ground)
  }
}

async function accountThatIsThere(
  ground: PlexGround,
  settings: SettingsInForce,
): Promise<PlexOwner | 'cannotBeChanged' | undefined> {
  const { asker, say } = ground
  const source = settings.sourceOf('PLEX_TOKEN')
  if (source === undefined) return undefined
  const isOurs = settings.isOurs('PLEX_TOKEN')
  const cannot = () => {
    say(changeItThere(settings))
    return 'cannotBeChanged' as const
  }
  const given = settings.read('PLEX_TOKEN')
  if (!given.ok) {
    say(describeProblems(given.problem))
    return isOurs ? undefined : cannot()
  }
  for (;;) {
    const known = await ownerOf(given.value?.reveal() ?? '', ground)
    if (known.is === 'known') {
      const name = label(known.owner.username, '(no name)')
      if (!isOurs) {
        say(`Signed in at Plex as ${name}, by the token from ${source}.`)
        return known.owner
      }
      const keeps = await asker.confirm(`There is a sign-in at Plex in .env already, of ${name}. Keep it?`)
      return keeps ? known.owner : undefined
    }
    say(`The sign-in at Plex from ${source}: ${plexProblemWords(known.why)}`)
    if (known.why.kind === 'unauthorised') return isOurs ? undefined : cannot()
    // What could not be tested is not wrong for that.
    if (await asker.confirm('Try again?')) continue
    return isOurs ? undefined : 'cannotBeChanged'
  }
}

const changeItThere = (settings: SettingsInForce) =>
  `PLEX_TOKEN comes from ${settings.sourceOf('PLEX_TOKEN')}, which counts more than .env. Change it there.`

async function nowSignedIn(token: string, ground: PlexGround): Promise<PlexOwner | undefined> {
  const { asker, say } = ground
  for (;;) {
    const known = await ownerOf(token, ground)
    if (known.is === 'known') {
      say(`Linked as ${label(known.owner.username, '(no name)')}.`)
      return known.owner
    }
    say(plexProblemWords(known.why))
    if (await asker.confirm('Try again?')) continue
    await endSignIn(ground)
    return undefined
  }
}

/** `undefined` where the account owns none. */
async function pickServer(
  owner: PlexOwner,
  { asker, say }: PlexGround,
  settings: SettingsInForce,
): Promise<ChosenServer | undefined> {
  const { servers } = owner
  const [only, another] = servers
  if (!only) {
    say(
      `${label(owner.username, 'This account')} owns no Plex server, and only its own can be shared. Sign in as the account that the server was set up with; plex.tv lists it under Settings → Authorized Devices.`,
    )
    return undefined
  }
  if (!another) {
    say(`Its Plex server “${label(only.name, only.serverId)}” will be shared.`)
    return { owner, serverId: only.serverId }
  }
  const given = settings.read('PLEX_SERVER')
  const wanted = (given.ok && given.value) || ''
  const before = servers.find(({ serverId, name }) => serverId === wanted || name === wanted)
  const serverId = await asker.choose(
    'Which of your Plex servers shall be shared?',
    servers.map((server) => ({
      value: server.serverId,
      label: label(server.name, server.serverId),
      hint: server.serverId.slice(0, 8),
    })),
    before?.serverId,
  )
  return { owner, serverId }
}

async function endSignIn({ signIns, say }: PlexGround): Promise<void> {
  const ended = await signIns.endAll()
  if (ended !== undefined) say(ended)
}

import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { describeProblems, type Environment, loadPlex } from '../config.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { peers } from '../peers/all.ts'
import { type Peer, type PeerContents, type PeerName, type PeerProblem, peerNames } from '../peers/peer.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import type { Refusal } from '../sharing/refusal.ts'
import { takeOver } from '../sharing/use-cases/take-over.ts'
import { isStoreThere } from '../storage/is-there.ts'
import { openStore, type Store } from '../storage/open.ts'
import { openDocuments, type StoredPorts } from '../storage/open-documents.ts'
import { nameOf } from '../storage/place.ts'
import { namedDatabase } from './database.ts'
import { importWords, isAllDone } from './import-words.ts'
import { connectionWords, type GuildPlex, plexOfGuild, troubleWords } from './plex-of-guild.ts'

type Print = (line: string) => void

const usage = `npm run import -- <program> <file> [--preview] [--guild <id>] [--server <name>] [--from-server <name>]

  membarr       Membarr's app/config/app.db
  invitarr      Invitarr's app/config/app.db
  plexfriends   Discord-PlexFriends' config/members.json
  wizarr        Wizarr's data/database/database.db

  --preview      shows what would happen and writes nothing; begin with it
  --guild        the id of the Discord server, where DISCORD_GUILD_IDS has several
  --server       the name of the Plex server, where there are several
  --from-server  whose people of the file are meant, where Wizarr has several Plex servers

The file is only read, and nothing is changed at plex.tv. It may be stopped at any moment and run again.
A page for each program, with what to do before and after: docs/migration`

/** Returns the exit code: 0 where everything was taken over or is so already, 1 where not, 2 for wrong usage. */
export async function runImport(
  args: readonly string[],
  environment: Environment,
  print: Print,
  { clock = systemClock }: { clock?: Clock } = {},
): Promise<number> {
  const wish = readArguments(args)
  if (!wish) {
    print(usage)
    return args.length === 0 || args[0] === 'help' || args.includes('--help') ? 0 : 2
  }
  const named = namedDatabase(environment)
  if (!named.ok) return refuse(print, named.problem)
  const plex = loadPlex(environment)
  if (!plex.ok) return refuse(print, describeProblems(plex.problem))
  const { url, place, given: keys } = named.value
  // Opening would make a new one.
  const there = await isStoreThere(place)
  if (!there.ok) return refuse(print, `${there.problem.what}\n${there.problem.next}`)
  if (!there.value) {
    return refuse(
      print,
      `There is no database of Usherr at ${nameOf(place)}.\nCheck STORAGE_URL. On a new machine start the bot once: npm start`,
    )
  }
  const contents = await readPeer(wish)
  // Only the connection says what the server is called; the file may need to know.
  if (!contents.ok && contents.problem.kind !== 'severalServers') return refuseFile(print, contents.problem)

  const opened = await openStore({ url, keys, log: silentLog })
  if (!opened.ok) return refuse(print, `${opened.problem.what}\n${opened.problem.next}`)
  const store = opened.value
  let guild: GuildPlex | undefined
  try {
    const { clientIdentifier } = store
    const { documents, connected: records } = await openDocuments(store)
    const found = plexOfGuild(plex.value, wish.guild, { clock, clientIdentifier, records })
    if (!found.ok) {
      refuse(print, `${found.problem.what}\n${found.problem.next}`)
      return found.problem.isUsage ? 2 : 1
    }
    guild = found.value
    const known = contents.ok ? contents.value : undefined
    return await importInto(store, documents, guild, wish, known, print, clock)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return refuse(
      print,
      `The store failed: ${error.message}.\nWhat was taken over until then is kept. Run this again when it is mended: the rest follows.`,
    )
  } finally {
    guild?.close()
    await store.close()
  }
}

interface Wish {
  name: PeerName
  peer: Peer
  file: string
  isPreview: boolean
  guild: string | undefined
  server: string | undefined
  fromServer: string | undefined
}

function readArguments(args: readonly string[]): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        preview: { type: 'boolean', default: false },
        guild: { type: 'string' },
        server: { type: 'string' },
        'from-server': { type: 'string' },
      },
    })
    const [program, file, ...more] = positionals
    const name = peerNames.find((each) => each === program?.toLowerCase())
    if (!name || !file || more.length > 0) return undefined
    const { preview, guild, server } = values
    const peer = peers[name]
    return { name, peer, file, isPreview: preview, guild, server, fromServer: values['from-server'] }
  } catch {
    return undefined
  }
}

const readPeer = ({ peer, file, fromServer }: Wish, serverName?: string) =>
  peer.read(file, { serverName: fromServer ?? serverName })

async function importInto(
  store: Store,
  { people, links }: StoredPorts,
  { guildId, connections }: GuildPlex,
  wish: Wish,
  known: PeerContents | undefined,
  print: Print,
  clock: Clock,
): Promise<number> {
  const { peer, server, isPreview } = wish
  const connection = await connections.of(guildId, server)
  if (!connection.ok) {
    const { what, next } = connectionWords(connection.problem)
    return refuse(print, `${what}\n${next}`)
  }
  const { serverName } = connection.value
  const read = known ? { ok: true as const, value: known } : await readPeer(wish, serverName)
  if (!read.ok) return refuseFile(print, read.problem)
  const contents = read.value
  print(`From ${contents.writtenBy}.`)
  print(`For the Plex server ${serverName} and the Discord server ${guildId}.`)
  print('')

  const newId = () => randomBytes(12).toString('base64url')
  const ports = { people, links, connections, clock, newId }
  const { rows, unreadable } = contents
  const work = () =>
    takeOver(ports, {
      guildId,
      ...(server === undefined ? {} : { server }),
      rows,
      from: peer.title,
      isPreview,
    })
  const outcome = await (isPreview ? work() : store.otherWriters.whileWriting(clock.now(), work))
  if (outcome.outcome === 'refused') return refuse(print, whyNot(outcome))
  for (const line of importWords(outcome, contents, isPreview)) print(line)
  print('')
  const isDone = isAllDone(outcome, { unreadable })
  if (!isDone) print(unfinished(peer.title))
  for (const line of nextStep(wish, guildId)) print(line)
  return isDone ? 0 : 1
}

function whyNot(refusal: Refusal): string {
  if (refusal.reason === 'plexTrouble') {
    const { what, next } = troubleWords(refusal.trouble)
    return `${what}\n${next}`
  }
  if (refusal.reason === 'noConnection') {
    const { what, next } = connectionWords(refusal.problem)
    return `${what}\n${next}`
  }
  throw new Error(`an import was refused for a reason it has not: ${refusal.reason}`)
}

const unfinished = (title: string) =>
  `Nothing was taken over of what is refused or unreadable. Mend it in ${title} or in a copy of its file and run this again, or adopt the person with /sync.`

function nextStep(
  { name, file, isPreview, guild, server, fromServer, peer }: Wish,
  guildId: string,
): string[] {
  const option = (flag: string, value: string | undefined) =>
    value === undefined ? '' : ` ${flag} ${quoted(value)}`
  const options = `${option('--guild', guild)}${option('--server', server)}${option('--from-server', fromServer)}`
  return isPreview
    ? ['Nothing was written. To take it over:', `  npm run import -- ${name} ${quoted(file)}${options}`]
    : [
        `Nothing was changed at plex.tv. A bot that runs notices within a minute; look with /users in the Discord server ${guildId}.`,
        `Now switch ${peer.title} off before you take roles or members away: docs/migration/${name}.md`,
      ]
}

const quoted = (text: string) => (/^[\w./:@-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

function refuseFile(print: Print, { what, next }: PeerProblem): number {
  return refuse(print, `${what}\n${next}`)
}

function refuse(print: Print, text: string): number {
  print(text)
  return 1
}

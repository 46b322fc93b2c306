import { z } from 'zod'
import { type AccountId, id } from '../lib/ids.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { PeerRow } from '../sharing/peer-row.ts'
import type { PlexIdentity } from '../sharing/ports.ts'
import { readName } from './names.ts'
import type { Peer, PeerContents, PeerProblem, ReadOptions, UnreadableRow } from './peer.ts'
import { readSqlite, type Tables, unknownVersion } from './read-sqlite.ts'

/** @see docs/migration/wizarr.md */
export const wizarr: Peer = {
  title: 'Wizarr',
  file: 'data/database/database.db',
  read: (file, options) =>
    readSqlite(file, 'wizarr', (tables) => {
      const isOld = tables.columns.has('users') && !tables.columns.has('user')
      return isOld ? readOld(file, tables) : readNew(file, tables, options)
    }),
}

const wizarrRows = z.array(
  z.object({
    id: z.number(),
    /** Wizarr writes plex.tv's title there as soon as it compares with plex.tv: nobody is found by it. */
    title: z.string().nullable(),
    email: z.string().nullable(),
    expires: z.string().nullable(),
    account: z.string().nullable(),
    server: z.string().nullable(),
    kind: z.string().nullable(),
  }),
)
type WizarrRow = z.infer<typeof wizarrRows>[number]

/** 2023 and 2024: one media server; `token` is the account's id at plex.tv from 3.0 on, a token of its own before. */
async function readOld(file: string, { columns, all }: Tables): Promise<Result<PeerContents, PeerProblem>> {
  const has = columns.get('users') ?? []
  const lacks = lacking(has, 'users', ['id', 'token', 'username', 'email'])
  if (lacks.length > 0) return problem(unknownVersion(file, 'Wizarr', lacks))
  const kind = await settingOf(all, columns, 'server_type')
  // A token is a secret of somebody else: only what is a number leaves the database.
  const found = wizarrRows.parse(
    await all(
      `SELECT id, CAST(username AS TEXT) AS title, CAST(email AS TEXT) AS email,
         ${has.includes('expires') ? 'CAST(expires AS TEXT)' : 'NULL'} AS expires,
         CASE WHEN token <> '' AND token NOT GLOB '*[^0-9]*' AND length(token) < 16 THEN CAST(token AS TEXT) END AS account,
         NULL AS server, NULL AS kind
       FROM users ORDER BY id`,
    ),
  )
  const rows = found.map((row) => ({ ...row, kind: kind ?? 'plex' }))
  return contents(file, 'Wizarr 1 to 4', rows, {})
}

/** Since May 2025: SQLAlchemy's tables; several media servers since June 2025. */
async function readNew(
  file: string,
  { columns, all }: Tables,
  options: ReadOptions,
): Promise<Result<PeerContents, PeerProblem>> {
  const has = columns.get('user')
  const lacks = has ? lacking(has, 'user', ['id', 'username', 'email', 'expires']) : ['the table user']
  if (!has || lacks.length > 0) return problem(unknownVersion(file, 'Wizarr', lacks))
  const servers = columns.get('media_server')
  const isLinked = has.includes('server_id') && servers !== undefined
  const lacksOfServers = isLinked ? lacking(servers, 'media_server', ['id', 'name', 'server_type']) : []
  if (lacksOfServers.length > 0) return problem(unknownVersion(file, 'Wizarr', lacksOfServers))
  const kind = await settingOf(all, columns, 'server_type')
  const found = wizarrRows.parse(
    await all(
      `SELECT person.id AS id, CAST(person.username AS TEXT) AS title, CAST(person.email AS TEXT) AS email,
         CAST(person.expires AS TEXT) AS expires, NULL AS account,
         ${isLinked ? 'place.name AS server, place.server_type AS kind' : 'NULL AS server, NULL AS kind'}
       FROM "user" AS person ${isLinked ? 'LEFT JOIN media_server AS place ON place.id = person.server_id' : ''}
       ORDER BY person.id`,
    ),
  )
  const rows = found.map((row) => ({ ...row, kind: row.kind ?? kind ?? 'plex' }))
  return contents(
    file,
    `Wizarr of 2025 or later${isLinked ? '' : ', before it knew several servers'}`,
    rows,
    options,
  )
}

function contents(
  file: string,
  writtenBy: string,
  found: readonly WizarrRow[],
  { serverName }: ReadOptions,
): Result<PeerContents, PeerProblem> {
  if (found.length === 0) {
    return problem({
      kind: 'noRows',
      what: `${file} holds nobody: its list of users is empty.`,
      next: 'Look for the database.db that Wizarr really uses. Whom it invited and does not list, Usherr finds with /sync.',
    })
  }
  const ofPlex = found.filter(({ kind }) => kind === 'plex')
  if (ofPlex.length === 0) {
    return problem({
      kind: 'notPlex',
      what: `${file} holds ${found.length} people and none of them on a Plex server.`,
      next: 'Usherr manages Plex only: there is nothing to take over.',
    })
  }
  const names = [...new Set(ofPlex.flatMap(({ server }) => (server === null ? [] : [server])))]
  const meant = serverName?.trim().toLowerCase()
  const isMeant = ({ server }: WizarrRow) =>
    names.length < 2 || server === null || server.trim().toLowerCase() === meant
  if (names.length > 1 && !names.some((name) => name.trim().toLowerCase() === meant)) {
    return problem({
      kind: 'severalServers',
      what: `${file} holds people of several Plex servers: ${names.join(', ')}. None has the name of yours${serverName === undefined ? '' : `, ${serverName}`}.`,
      next: `Say whose people are meant: add --from-server "${names[0]}"`,
    })
  }
  const rows: PeerRow[] = []
  const unreadable: UnreadableRow[] = []
  for (const row of ofPlex.filter(isMeant)) {
    const read = readRow(row)
    if ('because' in read) unreadable.push(read)
    else rows.push(read)
  }
  const others = ofPlex.length - ofPlex.filter(isMeant).length
  const foreign = found.length - ofPlex.length
  const leftOut = [
    ...(foreign === 0 ? [] : [`${foreign} on a media server that is not Plex.`]),
    ...(others === 0 ? [] : [`${others} on another Plex server.`]),
  ]
  return ok({ writtenBy, rows, unreadable, leftOut })
}

function readRow({ id: row, title, email, expires, account }: WizarrRow): PeerRow | UnreadableRow {
  const at = `row ${row}`
  const name = [title, email].filter((text) => text !== null && text !== '').join(' ')
  const address = (email ?? '').trim() === '' || email === 'None' ? undefined : readName(email ?? '')
  if (address && !('email' in address)) {
    return { at, name, because: 'what stands in the place of the address is none' }
  }
  const who: PlexIdentity = {
    ...address,
    ...(account === null ? {} : { accountId: id<AccountId>(account) }),
  }
  if (Object.keys(who).length === 0) {
    return { at, name, because: 'it has no address, and Wizarr’s name of him may be anybody’s' }
  }
  const endsAt = readTime(expires)
  if (endsAt === 'none') return { at, name, because: 'its end date cannot be read' }
  return {
    at,
    who,
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(title === null || title === '' ? {} : { note: `called ${title}` }),
  }
}

/**
 * `2025-07-01 12:00:00.123456`, shorter, or with a zone; without one it is UTC, in which Wizarr reckons since 3.0.
 * Earlier versions took the machine's own time: hours, at most, which the page says.
 */
function readTime(text: string | null): Date | undefined | 'none' {
  if (text === null || text === '' || text === 'None') return undefined
  const [, day, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?(Z|[+-]\d\d:\d\d)?$/u.exec(text.trim()) ??
    []
  // JavaScript reads three digits of a second's fraction.
  const read = new Date(`${day}T${time.replace(/(\.\d{3})\d+$/u, '$1')}${zone}`)
  return day === undefined || Number.isNaN(read.getTime()) ? 'none' : read
}

const lacking = (has: readonly string[], table: string, needed: readonly string[]) =>
  needed.filter((name) => !has.includes(name)).map((name) => `${table}.${name}`)

const settings = z.array(z.object({ value: z.string().nullable() }))
async function settingOf(all: Tables['all'], columns: Tables['columns'], name: 'server_type') {
  const has = columns.get('settings') ?? []
  if (!has.includes('key') || !has.includes('value')) return undefined
  const [found] = settings.parse(await all(`SELECT value FROM settings WHERE key = '${name}'`))
  return found?.value ?? undefined
}

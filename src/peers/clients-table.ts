import { z } from 'zod'
import { ok, problem, type Result } from '../lib/result.ts'
import type { PeerRow } from '../sharing/peer-row.ts'
import { readName } from './names.ts'
import type { PeerContents, PeerProblem, UnreadableRow } from './peer.ts'
import type { Tables } from './read-sqlite.ts'

const rowsOfClients = z.array(
  z.object({
    id: z.number(),
    member: z.string().nullable(),
    email: z.string().nullable(),
    jellyfin: z.string().nullable(),
  }),
)

/**
 * The table that Invitarr made and Membarr inherited: a Discord user and a Plex address a row. Its `discord_username`
 * holds the user's id, whatever the name says. Read as texts, because JavaScript would round an id of 18 digits.
 */
export async function readClients(
  { all }: Tables,
  { file, title, table, hasJellyfin }: { file: string; title: string; table: string; hasJellyfin: boolean },
): Promise<Result<Omit<PeerContents, 'writtenBy'>, PeerProblem>> {
  const found = rowsOfClients.parse(
    await all(
      `SELECT id, CAST(discord_username AS TEXT) AS member, CAST(email AS TEXT) AS email,
         ${hasJellyfin ? 'CAST(jellyfin_username AS TEXT)' : 'NULL'} AS jellyfin
       FROM "${table}" ORDER BY id`,
    ),
  )
  if (found.length === 0) {
    return problem({
      kind: 'noRows',
      what: `${file} holds nobody: its list of people is empty.`,
      next: `Look for the file that ${title} really uses; its own list shows who is in it. People whom ${title} invited without a Discord member are in no file of it: Usherr finds them with /sync.`,
    })
  }
  const rows: PeerRow[] = []
  const unreadable: UnreadableRow[] = []
  let jellyfinOnly = 0
  let nothing = 0
  for (const { id, member, email, jellyfin } of found) {
    const at = `row ${id}`
    const isWithout = (email ?? '').trim() === ''
    if (isWithout && (jellyfin ?? '').trim() !== '') jellyfinOnly++
    else if (isWithout) nothing++
    else {
      const who = readName(email ?? '')
      if ('because' in who) unreadable.push({ at, name: `${member ?? ''} ${email ?? ''}`.trim(), ...who })
      else rows.push({ at, who, ...(member === null ? {} : { memberId: member.trim() }) })
    }
  }
  const leftOut = [
    ...(jellyfinOnly === 0 ? [] : [`${jellyfinOnly} with a Jellyfin user and no Plex address.`]),
    ...(nothing === 0 ? [] : [`${nothing} without a Plex address: ${title} had taken it away.`]),
  ]
  return ok({ rows, unreadable, leftOut })
}

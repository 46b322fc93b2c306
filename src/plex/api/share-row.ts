import { z } from 'zod'
import { children, flag, idText, instant, maybeId, one, text, wrapped } from '../fields.ts'

/**
 * One share as plex.tv has it, in v2's words, whichever form it came in. Secrets of the row (`accessToken`,
 * `inviteToken`) are not read.
 */
export interface ShareRow {
  /** Absent in rows that cannot be written to. */
  id: string | undefined
  /** Absent where a row does not say it: it may be of any. */
  server: string | undefined
  accepted: boolean
  /** Somebody took it back: deleted by the owner or left by the person. `undefined` where it says so in no known way. */
  ended: boolean | undefined
  person: {
    accountId: string | undefined
    username: string | undefined
    /** The account's own address. */
    email: string | undefined
    /** The address that was invited; as typed. */
    invitedEmail: string | undefined
    title: string | undefined
  }
  /** `undefined` where the answer does not say it. */
  allLibraries: boolean | undefined
  /** The libraries that are shared; `undefined` where the answer does not say which. */
  libraries: string[] | undefined
  settings: Record<string, unknown>
  invitedAt: Date | undefined
  acceptedAt: Date | undefined
}

const invited = z.object({ id: maybeId, title: text, friendlyName: text, username: text, email: text })

/** What we do not edit goes back as it came: unknown settings too. */
const settings = z.record(z.string(), z.unknown())

const v2Fields = z.looseObject({
  id: maybeId,
  machineIdentifier: text,
  invitedId: maybeId,
  invitedEmail: text,
  accepted: flag,
  acceptedAt: instant,
  deletedAt: z.unknown().optional(),
  leftAt: z.unknown().optional(),
  invited: one(invited),
  sharingSettings: one(settings),
  libraries: wrapped('library', z.object({ id: idText })).nullish(),
  allLibraries: flag,
})

function v2Row(row: z.output<typeof v2Fields>): ShareRow {
  const accountId = row.invitedId ?? row.invited?.id
  return {
    id: row.id,
    server: row.machineIdentifier,
    accepted: row.accepted ?? row.acceptedAt !== undefined,
    ended: isEither(isPast(row.deletedAt), isPast(row.leftAt)),
    person: {
      accountId,
      username: row.invited?.username,
      email: row.invited?.email,
      invitedEmail: row.invitedEmail,
      title: row.invited?.friendlyName ?? row.invited?.title,
    },
    allLibraries: row.allLibraries,
    libraries: row.libraries?.map(({ id }) => id),
    settings: row.sharingSettings ?? {},
    invitedAt: undefined,
    acceptedAt: row.acceptedAt,
  }
}

/**
 * v2, JSON or XML, as a list has it. A row that lacks its id or its server is still a row: it must not just be missing.
 * One that names its person under another word than `invited` may be anybody's, whatever account it says besides.
 */
export const v2ListedShare = v2Fields.transform(
  (row): ShareRow => (isNamedElsewhere(row) ? { ...v2Row(row), id: undefined, person: nobody } : v2Row(row)),
)

const nobody: ShareRow['person'] = {
  accountId: undefined,
  username: undefined,
  email: undefined,
  invitedEmail: undefined,
  title: undefined,
}

const isNamedElsewhere = ({ invited, ...others }: z.output<typeof v2Fields>) =>
  invited === undefined &&
  Object.entries(others).some(([name, value]) => name !== 'owner' && [value].flat().some(isNaming))

const isNaming = (value: unknown) =>
  typeof value === 'object' && value !== null && ('username' in value || 'email' in value)

/** v2, JSON or XML, as the answer to a write: without id and server it proves nothing. */
export const v2Share = v2Fields.extend({ id: idText, machineIdentifier: z.string().min(1) }).transform(v2Row)

/** Whether a time says that something has happened; `undefined` for what is neither a time nor "never". */
function isPast(value: unknown): boolean | undefined {
  if (value === undefined || value === null || value === '' || value === 0 || value === '0') return false
  return instant.safeParse(value).data === undefined ? undefined : true
}
const isEither = (a: boolean | undefined, b: boolean | undefined) =>
  a || b ? true : a === undefined || b === undefined ? undefined : false

const section = z.object({ id: maybeId, shared: flag })
const v1Attributes = z.looseObject({
  id: maybeId,
  userID: maybeId,
  username: text,
  email: text,
  accepted: flag,
  acceptedAt: instant,
  invitedAt: instant,
  allLibraries: flag,
  Section: children(section),
})

/** v1: lists all the server's libraries in every row and says of each whether it is shared. */
export const v1Share = (server: string) =>
  v1Attributes.transform((row): ShareRow => {
    const hasOthers = Object.entries(row).some(([name, value]) =>
      name === '#text' ? String(value).trim() !== '' : name !== 'Section' && Array.isArray(value),
    )
    const hasUnknown =
      hasOthers || row.Section.some(({ id, shared }) => shared === undefined || (shared && id === undefined))
    const shared = row.Section.flatMap(({ id, shared }) => (shared && id !== undefined ? [id] : []))
    return {
      id: row.id,
      server,
      accepted: row.accepted ?? row.acceptedAt !== undefined,
      ended: false,
      person: {
        accountId: row.userID,
        username: row.username,
        email: row.email,
        invitedEmail: undefined,
        title: undefined,
      },
      allLibraries: row.allLibraries,
      // A section without the flag may be shared or not, and one without its id, or under another name, may be any:
      // then the answer does not say which are.
      libraries: hasUnknown || row.Section.length === 0 ? undefined : shared,
      settings: v1Settings(row),
      invitedAt: row.invitedAt,
      acceptedAt: row.acceptedAt,
    }
  })

/** v1's attributes as v2 writes them: flags as booleans, filters as the strings they are. */
function v1Settings(row: Record<string, unknown>): Record<string, unknown> {
  const all: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (name === 'allowTuners') all[name] = Number(value) || 0
    else if (/^allow[A-Z]/u.test(name)) {
      const read = flag.parse(value)
      if (read !== undefined) all[name] = read
    } else if (/^filter[A-Z]/u.test(name) && typeof value === 'string') all[name] = value
  }
  return all
}

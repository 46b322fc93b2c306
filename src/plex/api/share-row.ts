import { z } from 'zod'
import { children, flag, idText, instant, maybeId, one, text, wrapped } from '../fields.ts'

/**
 * One share as plex.tv has it, in v2's words, whichever form it came in. Secrets of the row (`accessToken`,
 * `inviteToken`) are not read.
 */
export interface ShareRow {
  /** Absent in rows that cannot be written to. */
  id: string | undefined
  server: string
  accepted: boolean
  /** Somebody took it back: deleted by the owner or left by the person. */
  ended: boolean
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

/** v2, JSON or XML. Strict about what a list is filtered by: a row without it would make the list shorter. */
export const v2Share = z
  .object({
    id: idText,
    machineIdentifier: z.string().min(1),
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
  .transform((row): ShareRow => {
    const accountId = row.invitedId ?? row.invited?.id
    return {
      id: row.id,
      server: row.machineIdentifier,
      accepted: row.accepted ?? row.acceptedAt !== undefined,
      ended: isSet(row.deletedAt) || isSet(row.leftAt),
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
  })

const isSet = (value: unknown) => value !== undefined && value !== null && value !== '' && value !== 0

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
    const hasUnknown = row.Section.some(({ shared }) => shared === undefined)
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
      // A section without the flag may be shared or not: then the answer does not say which are.
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

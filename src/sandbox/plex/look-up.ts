import type { PlexAccount, PlexHome, PlexServer, PlexShare, PlexToken, PlexWorld } from './world.ts'

export function accountById(world: PlexWorld, id: number | null): PlexAccount | undefined {
  return id === null
    ? undefined
    : indexed(world.accounts, 'id', (account) => [String(account.id)]).get(String(id))
}

/** By address or user name, without regard to case; plex.tv takes either in the same field. */
export function accountNamed(world: PlexWorld, who: string): PlexAccount | undefined {
  return indexed(world.accounts, 'name', (account) =>
    [account.username, account.email].flatMap((name) => (name ? [name.toLowerCase()] : [])),
  ).get(who.trim().toLowerCase())
}

export function tokenRecord(world: PlexWorld, token: string): PlexToken | undefined {
  return indexed(world.tokens, 'token', (record) => [record.token]).get(token)
}

export function serverById(world: PlexWorld, machineIdentifier: string): PlexServer | undefined {
  return world.servers.find((server) => server.machineIdentifier === machineIdentifier)
}

export function homeOf(world: PlexWorld, accountId: number): PlexHome | undefined {
  return world.homes.find((home) => home.adminId === accountId || home.memberIds.includes(accountId))
}

export const isLive = (share: PlexShare) =>
  share.deletedAt === null && share.leftAt === null && !share.isOrphan
export const isPending = (share: PlexShare) => isLive(share) && share.acceptedAt === null
export const isActive = (share: PlexShare) => isLive(share) && share.acceptedAt !== null

/** Every share, dead ones too, of the servers that belong to somebody. */
export function sharesOwnedBy(world: PlexWorld, ownerId: number): PlexShare[] {
  const owned = new Set(
    world.servers.filter((server) => server.ownerId === ownerId).map((s) => s.machineIdentifier),
  )
  return world.shares.filter((share) => owned.has(share.machineIdentifier))
}

export function shareById(world: PlexWorld, id: number): PlexShare | undefined {
  return indexed(world.shares, 'id', (share) => [String(share.id)]).get(String(id))
}

/** Whether a share is meant for this account: by its id, or by its address while nobody had accepted it. */
export function isFor(share: PlexShare, account: PlexAccount): boolean {
  if (share.invitedId !== null) return share.invitedId === account.id
  return share.invitedEmail !== null && share.invitedEmail.toLowerCase() === account.email?.toLowerCase()
}

const indexes = new WeakMap<readonly unknown[], Map<string, Map<string, unknown>>>()

/** Lists are never changed in place, so an index holds for as long as its list does. The first of a name wins. */
function indexed<T>(list: readonly T[], name: string, keysOf: (item: T) => string[]): Map<string, T> {
  const ofList = indexes.get(list) ?? new Map<string, Map<string, unknown>>()
  indexes.set(list, ofList)
  const known = ofList.get(name)
  // One name has one list type: every caller of this module gives its own name.
  if (known) return known as Map<string, T>
  const made = new Map<string, T>()
  for (const item of list) for (const key of keysOf(item)) if (!made.has(key)) made.set(key, item)
  ofList.set(name, made)
  return made
}

import type { GuildId, MemberId } from '../lib/ids.ts'
import { id } from '../lib/ids.ts'
import { eraseMember, type MemberOfGuild } from '../sharing/use-cases/erase-member.ts'
import type { DeletionFile } from './deletions.ts'
import type { Store } from './open.ts'
import { openDocuments, type StoredPorts } from './open-documents.ts'
import { guildIn } from './survey.ts'

export type CarriedOut =
  /** `noted`: deletions after the backup; `found`: of how many members and guilds the backup still held something. */
  | { is: 'done'; noted: number; found: number }
  /** There is no file of deletions, or it belongs to another database: nobody knows who was deleted since. */
  | { is: 'missing' | 'foreign' }

/** Deletes once more, in a copy from before, whatever was deleted for privacy after it was made. */
export async function carryOutDeletions(
  store: Store,
  deletions: DeletionFile,
  since: Date,
): Promise<CarriedOut> {
  const later = await deletions.after(since)
  if (later.are !== 'known') return { is: later.are }
  const { deleted } = later
  const guildIds = (await guildsOf(store)).filter((guildId) => deleted.has(deletions.hashOf({ guildId })))
  for (const guildId of guildIds) await eraseGuild(store, guildId)

  const { documents } = await openDocuments(store)
  const members = (await membersOf(store, documents)).filter((member) =>
    deleted.has(deletions.hashOf(member)),
  )
  for (const member of members) await eraseMember(documents, member)
  return { is: 'done', noted: deleted.size, found: guildIds.length + members.length }
}

async function guildsOf({ database }: Store): Promise<GuildId[]> {
  const found = new Set<GuildId>()
  for (const namespace of await namespacesOfGuilds(database)) {
    for (const { key } of await database.rows(namespace).range('')) {
      for (const guildId of guildIn(key)) found.add(guildId)
    }
  }
  return [...found]
}

/** By the keys alone, so that a kind of document that is added later goes too. */
async function eraseGuild({ database }: Store, guildId: GuildId): Promise<void> {
  for (const namespace of await namespacesOfGuilds(database)) {
    const rows = database.rows(namespace)
    const meant = (await rows.range('')).filter(({ key }) => guildIn(key).includes(guildId))
    if (meant.length > 0) await rows.swap(meant.map(({ key, text }) => ({ key, from: text, to: undefined })))
  }
}

const namespacesOfGuilds = async (database: Store['database']) =>
  (await database.namespaces()).filter((namespace) => namespace !== 'meta')

async function membersOf(
  { database }: Store,
  { people, requests, drafts }: StoredPorts,
): Promise<MemberOfGuild[]> {
  const found = new Map<string, MemberOfGuild>()
  const add = (guildId: GuildId, memberId: MemberId | undefined) => {
    if (memberId !== undefined) found.set(`${guildId}:${memberId}`, { guildId, memberId })
  }
  for (const { key } of await database.rows('links').range('member:')) {
    const [, guildId = '', memberId = ''] = key.split(':')
    add(id<GuildId>(guildId), id<MemberId>(memberId))
  }
  for (const { guildId, memberId } of people.everybody()) add(guildId, memberId)
  for (const { guildId, memberId, forMember } of await requests.list('')) add(guildId, forMember ?? memberId)
  for (const draft of await drafts.list('')) {
    if ('memberId' in draft) add(draft.guildId, draft.memberId)
    else if (draft.is === 'request') add(draft.guildId, draft.by)
  }
  return [...found.values()]
}

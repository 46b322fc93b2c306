import { driftKey } from '../sharing/drift-record.ts'
import type { Restored } from '../sharing/observation.ts'
import { personKey } from '../sharing/people.ts'
import { lookedUpFirst } from '../sharing/person.ts'
import { backedUpKey, backedUpMark, restoredKey, restoredMark } from './marks.ts'
import type { Store } from './open.ts'
import { openDocuments } from './open-documents.ts'
import { rotateKeys } from './rotate.ts'
import { parseCommands } from './shapes.ts'

/**
 * Makes a copy from before fit for the present: what was on its way then is looked up before it is sent, whoever was
 * missing then is not gone on that word, and Discord is told the commands anew. The mark makes the guilds look on.
 */
export async function prepareRestored(store: Store, mark: Restored): Promise<void> {
  const { people, drift } = (await openDocuments(store)).documents
  for (const person of people.everybody()) {
    if (!person.intent) continue
    await people.update(personKey(person), (current) => current && lookedUpFirst(current, mark.at))
  }
  for (const { guildId, serverId } of await drift.list('')) {
    await drift.update(
      driftKey(guildId, serverId),
      (record) => record && { ...record, missing: [], nextAt: mark.at },
    )
  }
  await store.collection('commands', parseCommands).remove('registered')
  await backedUpMark(store).remove(backedUpKey)
  await restoredMark(store).update(restoredKey, () => mark)
  // A backup may have been sealed with an older key, and the bot will have only the present one. It cleans the files too.
  await rotateKeys(store)
}

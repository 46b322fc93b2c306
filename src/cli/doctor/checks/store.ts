import { StoreUnavailable } from '../../../sharing/ports.ts'
import type { DatabaseLook, StoreLook } from '../../../storage/look.ts'
import { nameOf, type StorePlace } from '../../../storage/place.ts'
import { parseConnections, parseGuild, parseSettings } from '../../../storage/shapes.ts'
import { because, defineCheck, type Finding, fine, note, trouble } from '../check.ts'
import type { Examination } from '../examination.ts'
import { inOctal, isForOthers } from '../file-mode.ts'
import { answered, isOfKey } from '../store-readings.ts'

const mebibyte = 1024 * 1024
/** The log of SQLite may grow to some megabytes before it is put into the database. */
const tooFewBytes = 50 * mebibyte
const fewBytes = 250 * mebibyte

/** The database: it opens, can be written, is private, has room, and every row of it can be read. */
export default defineCheck({
  title: 'Store',
  async run(examined) {
    const { store } = examined
    if (!store.place.ok) return [store.place.problem]
    const there = await store.database()
    if (!there.ok) return [there.problem]
    if (!there.value.ok) return [trouble(there.value.problem.what, there.value.problem.next)]
    const database = there.value.value
    const room = await roomOn(examined)
    if (!database) return room.length > 0 ? room : [fine(noneYet(store.place.value))]
    const found = [...modeOf(database, nameOf(store.place.value)), ...(await lockOf(database)), ...room]
    const opening = await store.opening()
    if (!opening.ok) return [...found, opening.problem]
    if (!opening.value.ok) {
      const { problem } = opening.value
      return [...found, isOfKey(problem) ? because('key') : trouble(problem.what, problem.next)]
    }
    if (!opening.value.value) return [...found, fine('nothing is stored in it yet')]
    const rowsRead = opening.value.value
    const read = await answered(() => rowsOf(rowsRead))
    if (!read.ok) return [...found, read.problem]
    const { unreadable, rows } = read.value
    if (unreadable.length > 0) return [...found, ...unreadable]
    return found.length > 0 ? found : [fine(`opens, can be written, and all ${rows} rows can be read`)]
  },
})

const noneYet = (place: StorePlace) =>
  place.is === 'file'
    ? `none yet: the first start makes ${place.file}`
    : `${place.name} answers; the first start makes what is needed in it`

function modeOf({ mode }: DatabaseLook, file: string): Finding[] {
  if (mode === undefined || !isForOthers(mode)) return []
  return [
    note(
      `${file} can be read or changed by other users of this machine (mode ${inOctal(mode)}); what is in it is sealed`,
      `Run \`chmod 600 ${file}\`; the next start does it too.`,
    ),
  ]
}

async function lockOf(database: DatabaseLook): Promise<Finding[]> {
  const asked = await answered(() => database.tryLock())
  if (!asked.ok) return [asked.problem]
  return asked.value.ok ? [] : [trouble(asked.value.problem.what, asked.value.problem.next)]
}

async function roomOn({ store }: Examination): Promise<Finding[]> {
  const bytes = await store.freeBytes()
  // Where the system does not say, the first write will.
  if (Number.isNaN(bytes) || bytes >= fewBytes) return []
  const left = `${Math.floor(bytes / mebibyte)} MiB are left on the disk of the store`
  return bytes < tooFewBytes
    ? [
        trouble(
          `only ${left}`,
          'Make room: a full disk stops every change, and the bot says so in each answer.',
        ),
      ]
    : [note(left, 'Make room before it is full: then nothing can be changed any more.')]
}

async function rowsOf(store: StoreLook): Promise<{ unreadable: Finding[]; rows: number }> {
  const { rowsOf, unreadable } = await store.keyUsage()
  const sealed = [...unreadable].map(([where, rows]) =>
    trouble(`${rows} of the rows cannot be read (${where})`, adviceForRows),
  )
  const rows = [...rowsOf.values()].reduce((sum, each) => sum + each, 0)
  return { unreadable: sealed.length > 0 ? sealed : await shapesOf(store), rows }
}

/** What opens may still be of a shape that this version does not know. */
async function shapesOf(store: StoreLook): Promise<Finding[]> {
  const kinds = [
    store.documents<unknown>('settings', parseSettings),
    store.documents<unknown>('connections', parseConnections),
    store.documents<unknown>('guilds', parseGuild),
  ]
  const found = await Promise.all(kinds.map((kind) => kind.list('').then(() => [], asFinding)))
  return found.flat()
}

function asFinding(error: unknown): Finding[] {
  if (!(error instanceof StoreUnavailable)) throw error
  return [trouble(error.message, adviceForRows)]
}

const adviceForRows =
  'Run `npm run keys -- check`: it lists them. Put a backup in the place of the database, or the missing key back (docs/storage.md).'

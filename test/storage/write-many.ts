/**
 * A process of its own that changes one number again and again and says so after each acknowledged change:
 * `write-many.ts <file or url> <key> <document> <times>`.
 */
import { writeSync } from 'node:fs'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { keys } from './keys-of-text.ts'

const [file = '', key = '', document = '', times = '0'] = process.argv.slice(2)
const opened = await openStore({
  url: file.includes('://') ? file : `sqlite://${file}`,
  keys: keys(key),
  log: silentLog,
})
if (!opened.ok) throw new Error(opened.problem.what)
const counts = opened.value.collection('counts', (json) => {
  if (typeof json !== 'number') throw new TypeError('no number')
  return json
})
for (let n = 0; n < Number(times); n++) {
  const stored = await counts.update(document, (current) => (current ?? 0) + 1).catch(() => undefined)
  // The database was taken away, as some tests do.
  if (stored === undefined) process.exit(1)
  // Written at once: what this process said before it was killed, it had been told by the store.
  writeSync(1, `${stored}\n`)
}
await opened.value.close()

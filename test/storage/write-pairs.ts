/** A process of its own that counts in one table and then in another, on and on: `write-pairs.ts <file> <key>`. */
import { writeSync } from 'node:fs'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { keys } from './keys-of-text.ts'

const [file = '', key = ''] = process.argv.slice(2)
const opened = await openStore({ url: `sqlite://${file}`, keys: keys(key), log: silentLog })
if (!opened.ok) throw new Error(opened.problem.what)
const parse = (json: unknown) => {
  if (typeof json !== 'number') throw new TypeError('no number')
  return json
}
const [first, second] = [opened.value.collection('first', parse), opened.value.collection('second', parse)]
for (let n = 1; ; n++) {
  await first.update('n', () => n)
  await second.update('n', () => n)
  writeSync(1, `${n}\n`)
}

/** A process of its own that has a store open and does nothing, as a bot that nobody asks: `hold-open.ts <file> <key>`. */
import { writeSync } from 'node:fs'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { keys } from './keys-of-text.ts'

const [file = '', key = ''] = process.argv.slice(2)
const opened = await openStore({ url: `sqlite://${file}`, keys: keys(key), log: silentLog })
if (!opened.ok) throw new Error(opened.problem.what)
await opened.value.collection('notes', (json) => json).update('a', () => ({ text: 'held open' }))
writeSync(1, 'open\n')
setInterval(() => {}, 1_000_000)

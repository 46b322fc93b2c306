/** A process of its own that opens a store and says how it came out: `open-once.ts <file> <key>`. */
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { keys } from './keys-of-text.ts'

const [file = '', key = ''] = process.argv.slice(2)
const opened = await openStore({ url: `sqlite://${file}`, keys: keys(key), log: silentLog })
console.log(JSON.stringify(opened.ok ? { ok: true } : opened))
if (opened.ok) await opened.value.close()

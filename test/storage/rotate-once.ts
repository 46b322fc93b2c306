/** A process of its own that rotates: `rotate-once.ts <file> <new key> <old key>`; says when it begins. */
import { writeSync } from 'node:fs'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { rotateKeys } from '../../src/storage/rotate.ts'
import { keys } from './keys-of-text.ts'

const [file = '', current = '', old = ''] = process.argv.slice(2)
const opened = await openStore({ url: `sqlite://${file}`, keys: keys(current, old), log: silentLog })
if (!opened.ok) throw new Error(opened.problem.what)
writeSync(1, 'rotating\n')
await rotateKeys(opened.value)
await opened.value.close()

/** Changes the key in a process of its own: `<file> <new key> <old key> <resealed rows until it dies> <before|after|canary|-> <one step|two steps>`. */
import { writeSync } from 'node:fs'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { rotateKeys } from '../../src/storage/rotate.ts'
import type { Database } from '../../src/storage/rows.ts'
import { keys } from '../../test/storage/keys-of-text.ts'

const [file = '', current = '', old = '', rows = '0', where = '-', how = 'one step'] = process.argv.slice(2)
const opened = await openStore({ url: `sqlite://${file}`, keys: keys(current, old), log: silentLog })
if (!opened.ok) throw new Error(opened.problem.what)
const { database, cipher } = opened.value
let left = Number(rows)
const die = () => process.kill(process.pid, 'SIGKILL')

/** A row is taken out and put in again, which is not how it is done: death may come between the two. */
const inTwoSteps: Database = {
  ...database,
  rows(namespace) {
    const of = database.rows(namespace)
    return {
      ...of,
      async swap(changes) {
        await of.swap(changes.map((change) => ({ ...change, to: undefined })))
        if (left === 1) die()
        return of.swap(changes.map((change) => ({ ...change, from: undefined })))
      },
    }
  },
}

writeSync(1, 'rotating\n')
await rotateKeys({
  database: how === 'two steps' ? inTwoSteps : database,
  cipher,
  crashPoint(point) {
    if (point === 'after a row got the new key') left--
    if (where === 'canary' && point === 'before the canary gets the new key') die()
    if (where === 'after' && left === 0 && point === 'after a row got the new key') die()
    if (where === 'before' && left === 0 && point === 'before a row gets the new key') die()
  },
})
await opened.value.close()

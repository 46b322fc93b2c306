/** A process of its own that holds a server's store for itself alone and says so: `hold-server.ts <url>`. */
import { writeSync } from 'node:fs'
import { silentLog } from '../../src/lib/log.ts'
import { openServer } from '../../src/storage/open-server.ts'
import { placeOf } from '../../src/storage/place.ts'

const place = placeOf(process.argv[2] ?? '')
if (!place.ok || place.value.is === 'file') throw new Error('no server')
const database = await openServer(place.value, silentLog)
const held = await database.holdAlone()
if (!held.ok) throw new Error(held.problem.what)
writeSync(1, 'held\n')
setInterval(() => {}, 60_000)

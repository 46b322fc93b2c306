/**
 * A process of its own that opens a server's store and does nothing until a line comes in; then it asks until it is
 * answered: `open-idle.ts <url> <key>`.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { keys } from './keys-of-text.ts'

const [url = '', key = ''] = process.argv.slice(2)
const opened = await openStore({ url, keys: keys(key), log: silentLog })
if (!opened.ok) throw new Error(opened.problem.what)
const { value: store } = opened
await store.holdAlone()
writeSync(1, 'open\n')
for await (const _line of createInterface({ input: process.stdin })) {
  while (
    !(await store.check().then(
      () => true,
      () => false,
    ))
  );
  writeSync(1, 'answered\n')
}

/** A backup or a restore in a process that is killed at a crash point: `die-at.ts <backup|restore> <database> <copy> <point>`. */
import { runBackup } from '../../src/cli/run-backup.ts'
import { runRestore } from '../../src/cli/run-restore.ts'

const [what = '', database = '', copy = '', point = ''] = process.argv.slice(2)
const environment = { STORAGE_URL: `sqlite://${database}` }
const print = (line: string) => void process.stdout.write(`${line}\n`)
const crashPoint = (passed: string) => {
  if (passed === point) process.kill(process.pid, 'SIGKILL')
}
process.exitCode =
  what === 'backup'
    ? await runBackup([copy], environment, print, { crashPoint })
    : await runRestore([copy, '--yes'], environment, { print, ask: undefined }, { crashPoint })

/** `npm run import -- membarr|invitarr|plexfriends|wizarr <file>`: takes over who has what from another program. */
import { existsSync } from 'node:fs'
import { runImport } from './run-import.ts'

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await runImport(process.argv.slice(2), process.env, (line) =>
  process.stdout.write(`${line}\n`),
)

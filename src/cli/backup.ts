/** `npm run backup`: a copy of everything that is kept, made while the bot runs. */
import { existsSync } from 'node:fs'
import { runBackup } from './run-backup.ts'

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await runBackup(process.argv.slice(2), process.env, (line) =>
  process.stdout.write(`${line}\n`),
)

/** `npm run account -- show|create|sign-out`: the Plex account that the bot works with, and accounts for others. */
import { existsSync } from 'node:fs'
import { systemClock } from '../lib/clock.ts'
import { runAccount } from './account/run-account.ts'
import { ownTerminal } from './own-terminal.ts'

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await runAccount(process.argv.slice(2), {
  environment: { ...process.env },
  asker: ownTerminal()?.asker,
  say: (text) => process.stdout.write(`${text}\n`),
  clock: systemClock,
})

/** `npm run account -- show|create|sign-out`: the Plex account that the bot works with, and accounts for others. */
import { existsSync } from 'node:fs'
import { systemClock } from '../lib/clock.ts'
import { runAccount } from './account/run-account.ts'
import { terminalAsker } from './terminal-asker.ts'

if (existsSync('.env')) process.loadEnvFile('.env')
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort())
process.stdout.on('error', () => {})
process.exitCode = await runAccount(process.argv.slice(2), {
  environment: { ...process.env },
  asker: process.stdin.isTTY && process.stdout.isTTY ? terminalAsker(stop.signal) : undefined,
  say: (text) => process.stdout.write(`${text}\n`),
  clock: systemClock,
})

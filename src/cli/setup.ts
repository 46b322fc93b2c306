/** `npm run setup`: asks for what the bot needs, tests each, and writes `.env`. */
import { systemClock } from '../lib/clock.ts'
import { runSetup } from './setup/run-setup.ts'
import { terminalAsker } from './terminal-asker.ts'

const print = (text: string) => process.stdout.write(`${text}\n`)

if (process.stdin.isTTY && process.stdout.isTTY) {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort())
  // A terminal that is gone takes no more words; what is to be ended is ended all the same.
  process.stdout.on('error', () => {})
  process.exitCode = await runSetup({
    environment: { ...process.env },
    folder: process.cwd(),
    asker: terminalAsker(stop.signal),
    say: print,
    clock: systemClock,
    stopped: stop.signal,
  })
} else {
  print(`This asks questions, and here is no terminal to ask them in. Nothing was changed.
Run it in one: npm run setup
Or without it: copy .env.example to .env, fill in DISCORD_TOKEN, start with npm start, and type /setup in Discord.`)
  process.exitCode = 2
}

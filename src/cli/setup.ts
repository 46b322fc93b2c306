/** `npm run setup`: asks for what the bot needs, tests each, and writes `.env`. */
import { systemClock } from '../lib/clock.ts'
import { ownTerminal } from './own-terminal.ts'
import { runSetup } from './setup/run-setup.ts'

const say = (text: string) => process.stdout.write(`${text}\n`)
const terminal = ownTerminal()

if (terminal) {
  const environment = { ...process.env }
  const folder = process.cwd()
  process.exitCode = await runSetup({ ...terminal, environment, folder, say, clock: systemClock })
} else {
  say(`This asks questions, and here is no terminal to ask them in. Nothing was changed.
Run it in one: npm run setup
Or without it: copy .env.example to .env, fill in DISCORD_TOKEN, start with npm start, and type /setup plex in Discord.`)
  process.exitCode = 2
}

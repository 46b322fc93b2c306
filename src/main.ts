import { existsSync } from 'node:fs'
import { createApp } from './app.ts'
import { describeProblems, loadConfig } from './config.ts'
import { createLogger } from './ops/logger.ts'

/** How long a stop may take before the process ends all the same. */
const stopWithinMs = 15_000

if (existsSync('.env')) process.loadEnvFile('.env')
const config = loadConfig(process.env)
if (!config.ok) refuse(describeProblems(config.problem))

const log = createLogger({ level: config.value.log.level })
for (const warning of config.value.warnings) log.warn({}, warning)

const app = await createApp(config.value, log, {
  onLost: (code) => die(`Discord ended the connection for good (${code}). ${whyLost(code)}`),
})
if (!app.ok) refuse(`${app.problem.what}\n${app.problem.next}`)

process.on('uncaughtException', (error) => die('Something broke that nobody handled', error))
process.on('unhandledRejection', (error) => die('Something broke that nobody waited for', error))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)

try {
  await app.value.start()
  log.info({}, 'Usherr answers')
} catch (error) {
  die(`Discord did not let the bot in. ${whyRefused(error)}`, error)
}

/** What to do where Discord refuses the bot at the start; discord.js names its own reasons. */
function whyRefused(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'TokenInvalid' || code === 401) return whyLost(4004)
  return 'Is DISCORD_API_URL right and Discord reachable? The next start tries again.'
}

/** @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
function whyLost(code: number): string {
  if (code === 4004) {
    return 'DISCORD_TOKEN is not the present token of the bot: reset it in the developer portal under “Bot” and put in the new one.'
  }
  return 'Start the bot again; if it goes on, look at the bot’s page in the developer portal.'
}

function stop(): void {
  setTimeout(() => process.exit(1), stopWithinMs).unref()
  log.info({}, 'Stopping')
  if (app.ok) void app.value.stop().then(() => process.exit(0))
}

function die(what: string, error?: unknown): never {
  log.error(error === undefined ? {} : { error }, what)
  process.exit(1)
}

function refuse(text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

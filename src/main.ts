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

const app = await createApp(config.value, log)
if (!app.ok) refuse(`${app.problem.what}\n${app.problem.next}`)

process.on('uncaughtException', (error) => die('Something broke that nobody handled', error))
process.on('unhandledRejection', (error) => die('Something broke that nobody waited for', error))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)

try {
  await app.value.start()
  log.info({}, 'Usherr answers')
} catch (error) {
  die(
    'Discord did not let the bot in. Is DISCORD_TOKEN the present token of the bot? Reset it in the developer portal under “Bot” if in doubt.',
    error,
  )
}

function stop(): void {
  setTimeout(() => process.exit(1), stopWithinMs).unref()
  log.info({}, 'Stopping')
  if (app.ok) void app.value.stop().then(() => process.exit(0))
}

function die(what: string, error: unknown): never {
  log.error({ error }, what)
  process.exit(1)
}

function refuse(text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

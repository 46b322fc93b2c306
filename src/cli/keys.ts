/** `npm run keys -- rotate|list|check`: the keys that everything in the store is sealed with. */
import { existsSync } from 'node:fs'
import { runKeys } from './run-keys.ts'

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await runKeys(process.argv.slice(2), process.env, (line) =>
  process.stdout.write(`${line}\n`),
)

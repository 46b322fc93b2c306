/** `npm run doctor`: what is wrong, and where to click. */
import { existsSync } from 'node:fs'
import { runDoctor } from './doctor/run-doctor.ts'

try {
  if (existsSync('.env')) process.loadEnvFile('.env')
} catch {
  // One of the checks says so.
}
process.exitCode = await runDoctor(
  process.argv.slice(2),
  {
    environment: process.env,
    folder: process.cwd(),
    isColoured: process.stdout.isTTY === true && !process.env.NO_COLOR,
  },
  (text) => process.stdout.write(`${text}\n`),
)

/** `npm run doctor`: what is wrong, and where to click. */
import { existsSync } from 'node:fs'
import { runDoctor } from './doctor/run-doctor.ts'

try {
  if (existsSync('.env')) process.loadEnvFile('.env')
} catch {
  // One of the checks says so.
}
const lines: string[] = []
const code = await runDoctor(
  process.argv.slice(2),
  {
    environment: process.env,
    folder: process.cwd(),
    isColoured: process.stdout.isTTY === true && !process.env.NO_COLOR,
  },
  (text) => lines.push(text),
)
// A disk or a server that hangs would keep the process from ending by itself.
process.stdout.write(`${lines.join('\n')}\n`, () => process.exit(code))

/** `npm run restore -- <file>`: puts a backup in the place of the database. */
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { runRestore } from './run-restore.ts'

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await runRestore(process.argv.slice(2), process.env, {
  print: (line) => process.stdout.write(`${line}\n`),
  ask: process.stdin.isTTY ? ask : undefined,
})

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

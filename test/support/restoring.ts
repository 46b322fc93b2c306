import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { runBackup } from '../../src/cli/run-backup.ts'
import { runRestore } from '../../src/cli/run-restore.ts'
import type { Evening, Said } from './evening.ts'

const environmentOf = ({ storeFile }: Evening) => ({ STORAGE_URL: `sqlite://${storeFile}` })

/** While the bot runs. Where the copy lies. */
export async function backsUp(on: Evening): Promise<string> {
  const copy = join(dirname(on.storeFile), `copy-${on.clock.now().getTime()}.sqlite`)
  const said: string[] = []
  const code = await runBackup([copy], environmentOf(on), (line) => said.push(line), { now: on.clock.now() })
  expect([code, said]).toEqual([0, expect.anything()])
  return copy
}

/** The bot is stopped, the copy put in place, and the bot started again. What the tool said. */
export async function restores(on: Evening, copy: string): Promise<string> {
  await on.app.stop()
  const said: string[] = []
  const terminal = { print: (line: string) => void said.push(line), ask: undefined }
  const code = await runRestore([copy, '--yes'], environmentOf(on), terminal, { now: on.clock.now() })
  expect([code, said]).toEqual([0, expect.anything()])
  await on.restart()
  return said.join('\n')
}

/** olive looks at the settings, at what differs, and confirms. */
export async function resumes(on: Evening): Promise<Said> {
  const settings = await on.asks('olive', 'settings show')
  const question = await on.presses('olive', settings.message, 'Resume')
  return on.presses('olive', question.message, 'Resume')
}

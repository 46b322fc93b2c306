import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Environment } from '../../src/config.ts'

const root = join(import.meta.dirname, '../..')

/** A process of its own, as a person starts it, in a folder where no `.env` is. Nobody sits at it. */
export async function commandLine(
  script: string,
  args: readonly string[],
  environment: Environment,
  cwd: string,
  /** Where it shall run as somebody else than root. */
  uid?: number,
): Promise<{ out: string; err: string; code: number | string | null }> {
  const tsx = import.meta.resolve('tsx')
  const child = spawn(process.execPath, ['--import', tsx, join(root, script), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  )
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { out, err, code }
}

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '../../..')

/** `script` of util-linux gives a command a terminal of its own; other systems have one with other options. */
export const hasTerminals = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)

export interface Terminal {
  /** Resolves when this has appeared since the last call. @throws where the command ends before */
  reads(text: string): Promise<void>
  types(keys: string): void
  /** All that appeared, without colours and movements. */
  shown(): string
  ends(): Promise<number | null>
  /** As where somebody closes the window. */
  closes(): void
}

export const enter = '\r'
export const down = '\u001b[B'
export const ctrlC = '\u0003'

/** The command as somebody types it, in a terminal of its own and a folder where no `.env` is. */
export function inTerminal(script: string, options: { cwd: string; env: Record<string, string> }): Terminal {
  const tsx = import.meta.resolve('tsx')
  const command = `stty cols 300 rows 60; exec '${process.execPath}' --import '${tsx}' '${join(root, script)}'`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: options.cwd,
    // A CI that says so makes some libraries leave out what is drawn.
    env: { PATH: process.env.PATH, TERM: 'xterm', SHELL: '/bin/sh', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let output = ''
  let seen = 0
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const closed = once(child, 'close')
  const shown = () => stripVTControlCharacters(output)
  return {
    shown,
    types: (keys) => child.stdin.write(keys),
    closes: () => child.kill('SIGKILL'),
    async reads(text) {
      for (;;) {
        const at = shown().indexOf(text, seen)
        if (at >= 0) {
          seen = at + text.length
          return
        }
        if (child.exitCode !== null) throw new Error(`ended before "${text}" appeared:\n${shown()}`)
        await Promise.race([once(child.stdout, 'data'), closed])
      }
    },
    async ends() {
      await closed
      return child.exitCode
    },
  }
}

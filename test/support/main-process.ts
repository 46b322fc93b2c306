import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface MainProcess {
  child: ChildProcess
  /** Everything it has printed so far. */
  output(): string
  /** Resolves when it has printed this. @throws where it ends before */
  prints(text: string): Promise<void>
  /** Resolves with the exit code when it has ended, `null` where a signal ended it. */
  ends(): Promise<number | null>
}

export interface MainProcessOptions {
  env: Readonly<Record<string, string>>
  /** The folder it runs in: one of its own, so that no `.env` is found. */
  cwd: string
  /** A module that is loaded before it; it may speak over the IPC channel. */
  preload?: URL
  /** The account it runs as, where the one that starts it is root. */
  uid?: number
}

/** The process as `npm start` runs it, only not compiled. Whoever starts it ends it. */
export function startMain({ env, cwd, preload, uid }: MainProcessOptions): MainProcess {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const imports = [import.meta.resolve('tsx'), ...(preload ? [preload.href] : [])]
  const { PATH } = process.env
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(preload ? (['ipc'] as const) : [])]
  const flags = imports.flatMap((each) => ['--import', each])
  const child = spawn(process.execPath, [...flags, main], {
    cwd,
    env: { ...(PATH === undefined ? {} : { PATH }), ...env },
    stdio,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const closed = once(child, 'close')
  return {
    child,
    output: () => output,
    async prints(text) {
      while (!output.includes(text)) {
        if (hasEnded()) throw new Error(`ended before it printed "${text}":\n${output}`)
        await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')])
      }
    },
    async ends() {
      await closed
      return child.exitCode
    },
  }
}

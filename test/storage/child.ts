import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'

export interface Child {
  /** The lines it has said so far. */
  readonly lines: readonly string[]
  /** Resolves when it has said that many lines, or ended. */
  saidLines(count: number): Promise<void>
  /** Gives it a line to read. */
  ask(line: string): void
  /** `kill -9`. */
  kill(): void
  /** It stands still, and holds what it holds. */
  freeze(): void
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
}

/** Runs a file of this folder in a process of its own; it does not outlive the test. */
export function startChild(file: string, args: readonly string[]): Child {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, file), ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  let rest = ''
  let isOver = false
  const wake = () => {
    for (const { count, resolve } of waiting) if (isOver || lines.length >= count) resolve()
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    wake()
  })
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => {
      isOver = true
      wake()
      resolve(code ?? signal ?? 'unknown')
    })
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return {
    lines,
    saidLines: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve })
        wake()
      }),
    ask: (line) => {
      child.stdin.write(`${line}\n`)
    },
    kill: () => {
      child.kill('SIGKILL')
    },
    freeze: () => {
      child.kill('SIGSTOP')
    },
    ended,
  }
}

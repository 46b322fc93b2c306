import type { Asker } from './asker.ts'
import { terminalAsker } from './terminal-asker.ts'

/** The terminal that this process was started in. `stopped` is aborted where the process shall end or the window is closed. */
export interface OwnTerminal {
  asker: Asker
  stopped: AbortSignal
}

/** `undefined` where nobody can be asked: in a pipe, a timer, a container without a terminal. */
export function ownTerminal(): OwnTerminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  const stop = new AbortController()
  const stopNow = () => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Whoever presses Ctrl+C while something is being asked outside sees that it was heard.
      if (!stop.signal.aborted) process.stdout.write('\nStopping…\n')
      stopNow()
    })
  }
  // A window that is closed takes the terminal away from under the prompt, whose readline then throws where nobody
  // can catch it. What was begun is ended all the same; there is only nobody left to be told.
  process.stdin.on('end', stopNow).on('error', stopNow)
  process.stdout.on('error', stopNow)
  process.on('uncaughtException', (error) => {
    if (!isTerminalGone(error)) {
      process.stderr.write(`${error.stack}\n`)
      process.exit(1)
    }
    stopNow()
  })
  return { asker: terminalAsker(stop.signal), stopped: stop.signal }
}

const isTerminalGone = (error: Error) =>
  'code' in error && 'syscall' in error && error.code === 'EIO' && isOfTerminal(error.syscall)
const isOfTerminal = (call: unknown) => call === 'setRawMode' || call === 'read' || call === 'write'

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { PretendPlex } from '../../src/sandbox/plex/start.ts'
import type { BotProcessOptions, SaidLine } from './bot-process.ts'
import type { Deed } from './deeds.ts'
import type { Random } from './random.ts'

/** A process of the bot, seen from outside. */
export interface StartedBot {
  ready: Promise<void>
  ended: Promise<void>
  /** Resolves when so many deeds have been answered: how far it has come does not depend on the machine. */
  answered(count: number): Promise<void>
  give(deeds: readonly Deed[]): void
  onSaid(listen: (said: SaidLine) => void): void
  /** `kill -9`. Resolves when it is dead. */
  kill(): Promise<void>
}

export function startBot(options: BotProcessOptions): StartedBot {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'bot-process.ts'), JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  // It may be dead before it has read what it was told.
  child.stdin.on('error', () => {})
  const listeners: ((said: SaidLine) => void)[] = []
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said: SaidLine = JSON.parse(line)
      if ('ready' in said) resolve()
      for (const listen of listeners) listen(said)
    })
    void ended.then(() => resolve())
  })
  return {
    ready,
    ended,
    answered: (count) =>
      new Promise((resolve) => {
        let left = count
        listeners.push((said) => {
          if ('answered' in said && --left === 0) resolve()
        })
      }),
    give: (deeds) => void child.stdin.write(deeds.map((each) => `${JSON.stringify(each)}\n`).join('')),
    onSaid: (listen) => listeners.push(listen),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Resolves when one of the next requests of this method has come in at plex.tv. */
export function requestComesIn(plex: PretendPlex, method: string, random: Random): Promise<unknown> {
  const which = { method }
  return plex.arrival(which, plex.count(which) + 1 + random.below(3))
}

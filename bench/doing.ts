import type { InteractionHandle, Message, PretendPerson } from '../src/sandbox/discord/index.ts'

/** From the moment a person acts to the moment there is something to read. */
export async function answerMs(act: () => Promise<InteractionHandle>): Promise<number> {
  const startedAt = performance.now()
  await (await act()).answered(20_000)
  return performance.now() - startedAt
}

/** An invitation of somebody whom nobody has invited before. */
export function inviteSomebody(dora: PretendPerson): Promise<InteractionHandle> {
  guests += 1
  return dora.slash('invite', { email: `guest${guests}@example.com`, libraries: 'Library 1' })
}
let guests = 0

/** Everything of a revoke but the last press. Each call asks about another person of the crowd. */
export async function askToRevoke(dora: PretendPerson): Promise<Message> {
  return (await dora.slash('revoke', { who: `person${nextPerson()}` })).answered()
}

/** Everything of a change of libraries but the last press. */
export async function askToChange(dora: PretendPerson): Promise<Message> {
  const form = await (await dora.slash('libraries', { who: `person${nextPerson()}` })).answered()
  return (await dora.select(form, 'Libraries', ['Library 1', 'Library 2', 'Library 3'])).answered()
}

/** Every tenth has all libraries, which is another change than one of a choice of them. */
function nextPerson(): number {
  people += people % 10 === 9 ? 2 : 1
  return people
}
let people = 0

/** One after the other. */
export async function repeated<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let round = 0; round < count; round++) results.push(await work())
  return results
}

/** Begins one every `everyMs`, whether or not those before have ended; resolves when all have. */
export async function paced<T>(count: number, everyMs: number, work: () => Promise<T>): Promise<T[]> {
  const begun: Promise<T>[] = []
  const startedAt = performance.now()
  for (let round = 0; round < count; round++) {
    await pause(startedAt + round * everyMs - performance.now())
    begun.push(work())
  }
  return Promise.all(begun)
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)))

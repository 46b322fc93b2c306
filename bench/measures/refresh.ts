import type { PretendPlex } from '../../src/sandbox/plex/start.ts'
import { answerMs, pause, repeated } from '../doing.ts'
import { mb, median, ms } from '../numbers.ts'
import { type Stage, startStage } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

/** How long nobody else gets an answer while 1,000 people with 20 libraries are read anew. */
export async function refresh({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const rounds = isQuick ? 4 : 9
  return [
    ...(await refreshed('JSON of v2', rounds, () => {})),
    ...(await refreshed('XML of v1', rounds, (plex) => {
      plex.faults.retire('v2 sharing')
    })),
  ]
}

async function refreshed(form: string, rounds: number, before: (plex: PretendPlex) => void): Promise<Line[]> {
  const stage = await startStage({ people: 1_000, before })
  const idle = await repeated(rounds, () => delayDuring(stage, () => pause(150)))
  const list = () => answerMs(() => stage.dora.slash('users'))
  const took: number[] = []
  const delays = await repeated(rounds, async () => {
    await stage.growOld()
    return delayDuring(stage, async () => took.push(await list()))
  })
  const fresh = await repeated(rounds, () => delayDuring(stage, list))
  const rss = await stage.bot.rssMb()
  await stage.close()
  const name = `Refresh of 1,000 people x 20 libraries, ${form}`
  return [
    atMost(`${name}: event loop held up`, median(delays), 20, ms),
    informing(
      `${name}: held up when idle; by /users that reads nothing`,
      `${ms(median(idle))}; ${ms(median(fresh))}`,
    ),
    informing(`${name}: /users answers in`, ms(median(took))),
    informing(`${name}: RSS afterwards`, mb(rss)),
  ]
}

async function delayDuring({ bot }: Stage, work: () => Promise<unknown>): Promise<number> {
  await bot.watchDelay()
  await work()
  return bot.longestDelayMs()
}

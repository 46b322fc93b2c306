import { pause } from '../doing.ts'
import { mb, median, ms, times } from '../numbers.ts'
import type { MeasuredProcess } from '../processes/measured-process.ts'
import { startBareClient, startBot, startCommand } from '../processes/programs.ts'
import { type Services, startServices } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

/** Long enough for the first reading of the lists, and for what a start leaves behind to settle. */
const idleMs = 2_500

interface Footprint {
  readyMs: number
  rssMb: number
}

/** Start and idle memory, against a discord.js client that only logs in: by turns, in the same run. */
export async function footprint({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const services = await startServices({ people: 100 })
  const { discord } = services
  const bot = (isWithPlex: boolean) => () => botOn(services, isWithPlex)
  // The first start makes the store and registers the commands: it is another measure than all later ones.
  const first = await measured(bot(true))
  const [bare, bareWithFlags, usual, without] = await byTurns(isQuick ? 3 : 7, [
    () => startBareClient(discord, []),
    () => startBareClient(discord, startCommand().flags),
    bot(true),
    bot(false),
  ])
  await services.close()

  const rss = (of: readonly Footprint[] = []) => median(of.map((each) => each.rssMb))
  const ready = (of: readonly Footprint[] = []) => median(of.map((each) => each.readyMs))
  return [
    informing(
      'Idle memory: bare discord.js client; with the bot’s flags',
      `${mb(rss(bare))}; ${mb(rss(bareWithFlags))}`,
    ),
    informing('Idle memory: the bot, 100 people read', mb(rss(usual))),
    atMost('Idle memory, against the bare client', rss(usual) / rss(bare), 1.15, times),
    atMost(
      'Idle memory, against the bare client with the bot’s flags',
      rss(usual) / rss(bareWithFlags),
      1.15,
      times,
    ),
    informing(
      'Start to ready: bare discord.js client; with the bot’s flags',
      `${ms(ready(bare))}; ${ms(ready(bareWithFlags))}`,
    ),
    informing('Start to ready: the bot; its very first start', `${ms(ready(usual))}; ${ms(first.readyMs)}`),
    atMost('Start to ready, against the bare client', ready(usual) / ready(bare), 1.3, times),
    atMost('Start to ready, plex.tv down, against the bare client', ready(without) / ready(bare), 1.3, times),
  ]
}

async function botOn({ discord, plex, storeFile }: Services, isWithPlex: boolean): Promise<MeasuredProcess> {
  if (isWithPlex) return startBot({ discord, plexUrl: plex.url, storeFile })
  // Nobody listens at port 9 of this machine: the connection is refused.
  return startBot({ discord, plexUrl: 'http://127.0.0.1:9', storeFile })
}

async function byTurns(
  rounds: number,
  starts: readonly (() => Promise<MeasuredProcess>)[],
): Promise<Footprint[][]> {
  const all: Footprint[][] = starts.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [at, start] of starts.entries()) all[at]?.push(await measured(start))
  }
  return all
}

async function measured(start: () => Promise<MeasuredProcess>): Promise<Footprint> {
  const running = await start()
  await pause(idleMs)
  const rssMb = await running.rssMb()
  await running.stop()
  return { readyMs: running.readyMs, rssMb }
}

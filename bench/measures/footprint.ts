import { pause } from '../doing.ts'
import { mb, median, ms, times } from '../numbers.ts'
import type { MeasuredProcess } from '../processes/measured-process.ts'
import { startBareClient, startBot, startCommand } from '../processes/programs.ts'
import { type Services, startServices } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

/** Long enough for the first reading of the lists, and for what a start leaves behind to settle. */
const idleMs = 2_000

interface Footprint {
  readyMs: number
  /** Computed until then. */
  cpuMs: number
  rssMb: number
}
/** One of each, started one right after the other. */
type Round = Record<'bare' | 'bareWithFlags' | 'bot' | 'botWithoutPlex', Footprint>

/** Start and idle memory, against a discord.js client that only logs in: by turns, in the same run. */
export async function footprint({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const services = await startServices({ people: 100 })
  // The first start makes the store and registers the commands: it is another measure than all later ones.
  const first = await measured(() => botOn(services, services.plex.url))
  const rounds: Round[] = []
  for (let count = isQuick ? 3 : 7; count > 0; count--) rounds.push(await round(services))
  await services.close()

  const middle = (which: keyof Round, what: keyof Footprint) =>
    median(rounds.map((each) => each[which][what]))
  /** Of the quotients, not of the values: what disturbs the machine for a while disturbs both. */
  const against = (which: keyof Round, yardstick: keyof Round, what: keyof Footprint) =>
    median(rounds.map((each) => each[which][what] / each[yardstick][what]))

  const memory = (which: keyof Round) => mb(middle(which, 'rssMb'))
  const start = (which: keyof Round) => `${ms(middle(which, 'readyMs'))} (CPU ${ms(middle(which, 'cpuMs'))})`
  return [
    informing('Idle memory: bare discord.js client', memory('bare')),
    informing('Idle memory: bare discord.js client with the bot’s flags', memory('bareWithFlags')),
    informing('Idle memory: the bot, 100 people read', memory('bot')),
    atMost('Idle memory, against the bare client', against('bot', 'bare', 'rssMb'), 1.15, times),
    informing(
      'Idle memory, against that with the same flags',
      times(against('bot', 'bareWithFlags', 'rssMb')),
    ),
    informing('Start to ready: bare discord.js client', start('bare')),
    informing('Start to ready: the bot', start('bot')),
    informing('Start to ready: the bot’s very first start', ms(first.readyMs)),
    atMost('Start to ready, against the bare client', against('bot', 'bare', 'readyMs'), 1.3, times),
    informing('Start to ready, against the bare client, in CPU time', times(against('bot', 'bare', 'cpuMs'))),
    atMost(
      'Start to ready, plex.tv down, against the bare client',
      against('botWithoutPlex', 'bare', 'readyMs'),
      1.3,
      times,
    ),
  ]
}

async function round(services: Services): Promise<Round> {
  const { discord, plex } = services
  return {
    bare: await measured(() => startBareClient(discord, [])),
    bot: await measured(() => botOn(services, plex.url)),
    bareWithFlags: await measured(() => startBareClient(discord, startCommand().flags)),
    // Nobody listens at port 9 of this machine: the connection is refused.
    botWithoutPlex: await measured(() => botOn(services, 'http://127.0.0.1:9')),
  }
}

const botOn = ({ discord, storeFile }: Services, plexUrl: string): Promise<MeasuredProcess> =>
  startBot({ discord, plexUrl, storeFile })

async function measured(start: () => Promise<MeasuredProcess>): Promise<Footprint> {
  const running = await start()
  const cpuMs = await running.cpuMs()
  await pause(idleMs)
  const rssMb = await running.rssMb()
  await running.stop()
  return { readyMs: running.readyMs, cpuMs, rssMb }
}

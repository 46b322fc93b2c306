import { inviteSomebody, paced } from '../doing.ts'
import { longest, median, ms } from '../numbers.ts'
import { startStage } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

/** Five invitations a second for a minute, with a plex.tv that takes 200 ms. */
export async function steady({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const stage = await startStage({ people: 100 })
  stage.plex.faults.latencyMs = 200
  const seconds = isQuick ? 10 : 60
  await stage.bot.watchDelay()
  const served = await paced(5 * seconds, 200, async () => {
    const startedAt = performance.now()
    const handle = await inviteSomebody(stage.dora)
    await handle.answered(20_000)
    return { ackMs: handle.ackMs, answerMs: performance.now() - startedAt }
  })
  const delayMs = await stage.bot.longestDelayMs()
  await stage.close()
  const acks = served.map((each) => each.ackMs)
  const answers = served.map((each) => each.answerMs)
  const name = `5 invites a second for ${seconds} s`
  return [
    atMost(`${name}: longest acknowledgement`, longest(acks), 3_000, ms),
    atMost(`${name}: longest answer`, longest(answers), 3_000, ms),
    informing(
      `${name}: median acknowledgement, median answer`,
      `${ms(median(acks))}, ${ms(median(answers))}`,
    ),
    atMost(`${name}: event loop held up at most (a heartbeat is late by that)`, delayMs, 100, ms),
  ]
}

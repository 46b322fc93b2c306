import type { InteractionHandle } from '../../src/sandbox/discord/index.ts'
import { inviteSomebody, repeated } from '../doing.ts'
import { longest, median, ms } from '../numbers.ts'
import { type Stage, startStage } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

const latencyMs = 200

/** Many at the same moment. discord.js alone would send 50 answers a second and let the others wait. */
export async function crowd({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const stage = await startStage({ people: 100 })
  stage.plex.faults.latencyMs = latencyMs
  const rounds = isQuick ? 2 : 5
  const ten = await repeated(rounds, () => atOnce(stage, 10, () => inviteSomebody(stage.dora)))
  const many = await repeated(rounds, () => atOnce(stage, 120, () => stage.dora.slash('libraries')))
  await stage.close()
  return [
    atMost('10 invites at once: last acknowledgement', median(ten.map(lastAck)), 50, ms),
    atMost('10 invites at once: last answer', median(ten.map(lastAnswer)), 3_000, ms),
    informing(
      '10 invites at once: that is, in latencies of plex.tv',
      (median(ten.map(lastAnswer)) / latencyMs).toFixed(1),
    ),
    atMost('120 answers from the cache at once: last acknowledgement', median(many.map(lastAck)), 3_000, ms),
    atMost('120 answers from the cache at once: last answer', median(many.map(lastAnswer)), 1_000, ms),
  ]
}

interface Served {
  ackMs: number
  answerMs: number
}
const lastAck = (served: readonly Served[]) => longest(served.map((each) => each.ackMs))
const lastAnswer = (served: readonly Served[]) => longest(served.map((each) => each.answerMs))

async function atOnce(
  stage: Stage,
  count: number,
  act: () => Promise<InteractionHandle>,
): Promise<readonly Served[]> {
  const startedAt = performance.now()
  const served = await Promise.all(
    Array.from({ length: count }, async () => {
      const handle = await act()
      await handle.answered(20_000)
      return { ackMs: handle.ackMs, answerMs: performance.now() - startedAt }
    }),
  )
  await stage.plex.settled()
  return served
}

import { answerMs, askToChange, askToRevoke, inviteSomebody, repeated } from '../doing.ts'
import { median, ms } from '../numbers.ts'
import { type Stage, startStage } from '../stage.ts'
import { atMost, type Line } from '../table.ts'

/** How long a person waits for the answer itself, against what plex.tv alone takes for the round trips needed. */
export async function finalAnswer({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const stage = await startStage({ people: 100 })
  const { dora } = stage
  const lines: Line[] = []
  const measured = async (
    what: string,
    roundTrips: number,
    latencyMs: number,
    times: number,
    work: (stage: Stage) => Promise<number>,
  ) => {
    const values = await repeated(isQuick ? Math.ceil(times / 3) : times, () => work(stage))
    const name = `Answer, plex.tv takes ${latencyMs} ms: ${what} (round trips: ${roundTrips})`
    lines.push(atMost(name, median(values), 1.1 * roundTrips * latencyMs + 15, ms))
  }
  const invite = () => answerMs(() => inviteSomebody(dora))

  await measured('invite', 1, 0, 60, invite)
  stage.plex.faults.latencyMs = 200
  await measured('invite', 1, 200, 15, invite)
  await measured('invite, nothing fresh', 2, 200, 6, async () => {
    await stage.growOld()
    return invite()
  })
  await (await dora.slash('users')).answered()
  await measured('change of libraries', 1, 200, 9, async () => {
    const form = await askToChange(dora)
    return answerMs(() => dora.press(form, 'Save'))
  })
  await measured('revoke with reading back', 2, 200, 9, async () => {
    const question = await askToRevoke(dora)
    return answerMs(() => dora.press(question, 'End access'))
  })
  await measured('users, nothing fresh', 1, 200, 6, async () => {
    await stage.growOld()
    return answerMs(() => dora.slash('users'))
  })
  stage.plex.faults.latencyMs = 600
  await measured('invite', 1, 600, 6, invite)
  await stage.close()
  return lines
}

import { inviteSomebody, paced } from '../doing.ts'
import { median, ms, percentile } from '../numbers.ts'
import { type Stage, startStage } from '../stage.ts'
import { atMost, type Line } from '../table.ts'

/** How long Discord waits for the first answer to an invitation, while plex.tv is quick, slow, and silent. */
export async function acknowledgement({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const stage = await startStage({ people: 100 })
  const count = isQuick ? 30 : 100
  const lines: Line[] = []
  for (const latencyMs of [0, 200, 600]) {
    stage.plex.faults.latencyMs = latencyMs
    // Four requests are under way at plex.tv at most: a little less than what they can carry.
    const acks = await paced(count, Math.max(20, latencyMs / 3), () => acknowledgedInMs(stage))
    lines.push(...linesFor(`plex.tv takes ${latencyMs} ms`, acks))
  }
  stage.plex.faults.latencyMs = 0
  lines.push(...linesFor('plex.tv hangs', await whileItHangs(stage, count)))
  await stage.close()
  return lines
}

function linesFor(plexIs: string, acks: readonly number[]): Line[] {
  return [
    atMost(`Acknowledgement, ${plexIs}: median`, median(acks), 10, ms),
    atMost(`Acknowledgement, ${plexIs}: 99 % within`, percentile(acks, 0.99), 50, ms),
  ]
}

async function acknowledgedInMs({ dora }: Stage): Promise<number> {
  const handle = await inviteSomebody(dora)
  await handle.answered(20_000)
  return handle.ackMs
}

/** Only the acknowledgements are waited for; then plex.tv comes back, and everybody gets his answer. */
async function whileItHangs({ plex, dora }: Stage, count: number): Promise<number[]> {
  const hanging = plex.faults.always({ method: 'POST' }, { fault: 'hangs' })
  const handles = await paced(count, 20, async () => {
    const handle = await inviteSomebody(dora)
    await handle.acknowledged()
    return handle
  })
  hanging.release()
  await Promise.all(handles.map((handle) => handle.answered(20_000)))
  return handles.map((handle) => handle.ackMs)
}

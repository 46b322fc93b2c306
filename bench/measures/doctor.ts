import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { repeated } from '../doing.ts'
import { median, ms } from '../numbers.ts'
import { environmentOf } from '../processes/programs.ts'
import { type Stage, startStage } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

const latencyMs = 200
const project = fileURLToPath(new URL('../../', import.meta.url))

/** The doctor beside a bot that is running, from the start of its process to its end. */
export async function doctor({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const stage = await startStage({ people: 80 })
  stage.plex.faults.latencyMs = latencyMs
  stage.discord.faults.slow('', latencyMs)
  const rounds = isQuick ? 3 : 7
  // As `npm run doctor` runs it, and compiled, as a container has it.
  const fromSource = await repeated(rounds, () =>
    doctorMs(stage, ['--import', 'tsx', 'src/cli/doctor.ts'], 0),
  )
  const compiled = await repeated(rounds, () => doctorMs(stage, ['dist/src/cli/doctor.js'], 0))
  stage.plex.faults.always({}, { fault: 'hangs' })
  const hanging = await repeated(2, () => doctorMs(stage, ['dist/src/cli/doctor.js'], 1))
  stage.plex.faults.clear()
  await stage.close()
  return [
    atMost('Doctor, all well, each answer takes 200 ms: from source', median(fromSource), 3_000, ms),
    atMost('Doctor, all well, each answer takes 200 ms: compiled', median(compiled), 3_000, ms),
    informing('Doctor, plex.tv hangs', ms(median(hanging))),
  ]
}

async function doctorMs({ discord, plex, storeFile }: Stage, args: readonly string[], code: number) {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: project,
    env: { PATH: process.env.PATH ?? '', ...environmentOf({ discord, plexUrl: plex.url, storeFile }) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [ended] = await once(child, 'exit')
  if (ended !== code) throw new Error(`the doctor ended with ${ended} where ${code} was expected`)
  return performance.now() - startedAt
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { repeated } from '../doing.ts'
import { median, ms } from '../numbers.ts'
import { environmentOf } from '../processes/programs.ts'
import { type Stage, startStage } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

const latencyMs = 200
const tellCpu = new URL('../processes/tell-cpu.mjs', import.meta.url).href
const project = fileURLToPath(new URL('../../', import.meta.url))

/** The doctor beside a bot that is running, from the start of its process to its end. */
export async function doctor({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const stage = await startStage({ people: 80 })
  stage.plex.faults.latencyMs = latencyMs
  stage.discord.faults.slow('', latencyMs)
  const rounds = isQuick ? 3 : 7
  // As `npm run doctor` runs it, and compiled, as a container has it.
  const fromSource = await repeated(rounds, () => run(stage, ['--import', 'tsx', 'src/cli/doctor.ts'], 0))
  const compiled = await repeated(rounds, () => run(stage, ['dist/src/cli/doctor.js'], 0))
  stage.plex.faults.always({}, { fault: 'hangs' })
  const hanging = await repeated(2, () => run(stage, ['dist/src/cli/doctor.js'], 1))
  stage.plex.faults.clear()
  await stage.close()
  const took = (runs: readonly Run[]) => median(runs.map(({ tookMs }) => tookMs))
  const cpu = (runs: readonly Run[]) => ms(median(runs.map(({ cpuMs }) => cpuMs)))
  const well = 'Doctor, all well, each answer takes 200 ms'
  return [
    atMost(`${well}: from source`, took(fromSource), 3_000, ms),
    atMost(`${well}: compiled`, took(compiled), 3_000, ms),
    informing(`${well}: in CPU time, from source and compiled`, `${cpu(fromSource)}; ${cpu(compiled)}`),
    informing('Doctor, plex.tv hangs: compiled', ms(took(hanging))),
  ]
}

interface Run {
  /** From the start of the process to its end. */
  tookMs: number
  cpuMs: number
}

async function run({ discord, plex, storeFile }: Stage, args: readonly string[], code: number): Promise<Run> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--import', tellCpu, ...args], {
    cwd: project,
    env: { PATH: process.env.PATH ?? '', ...environmentOf({ discord, plexUrl: plex.url, storeFile }) },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  // The fourth of `stdio` is a pipe, as asked for above: node:child_process guarantees it.
  const cpu = text(child.stdio[3] as Readable)
  const [ended] = await once(child, 'exit')
  const tookMs = performance.now() - startedAt
  if (ended !== code) throw new Error(`the doctor ended with ${ended} where ${code} was expected`)
  return { tookMs, cpuMs: Number(await cpu) }
}

import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

export type Jobs = Readonly<Record<string, () => Promise<void>>>

/** Runs every job once, one after the other; one that fails is logged and keeps none of the others back. */
export async function runJobs(jobs: Jobs, log: Log): Promise<void> {
  for (const [job, run] of Object.entries(jobs)) {
    try {
      await run()
    } catch (error) {
      log.error({ job, error }, 'a job failed; it is tried again at its next turn')
    }
  }
}

/** Runs the jobs now and then once a minute, never two rounds at a time. Resolves when it has been stopped. */
export async function schedule(jobs: Jobs, clock: Clock, log: Log, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await runJobs(jobs, log)
    await clock.wait(60_000, stop)
  }
}

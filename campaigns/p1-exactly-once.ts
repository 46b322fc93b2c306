import type { Campaign, Finding } from './campaign.ts'
import { type KillsOutcome, runKills } from './p1-kills.ts'
import { type Outcome, runSchedules } from './p1-schedules.ts'

export const p1: Campaign = {
  name: 'P1',
  promise: 'No approved invite is lost and none takes effect twice, whenever the process dies.',
  async run({ seed, size }) {
    const isFull = size === 'full'
    const schedules = isFull ? 10_000 : 300
    const forControl = isFull ? 10_000 : 1_000
    const rounds = isFull ? 500 : 4
    const findings = [
      holding('schedules in one process', schedules, await runSchedules({ seed, schedules })),
      noticing(
        'the same with a settle window of 0',
        forControl,
        await runSchedules({ seed, schedules: forControl, settleMs: 0 }),
      ),
      noticing(
        'the same without looking before sending again',
        isFull ? 1_000 : 100,
        await runSchedules({ seed, schedules: isFull ? 1_000 : 100, guards: { looking: 'off' } }),
      ),
      holding('rounds ended by kill -9', rounds, await runKills({ seed, rounds, invitesARound: 4 })),
    ]
    if (!isFull) return findings
    const control = await runKills({ seed, rounds: 60, invitesARound: 4, settleMs: 0 })
    return [...findings, noticing('rounds ended by kill -9 with a settle window of 0', 60, control)]
  },
}

function holding(what: string, tries: number, outcome: Outcome | KillsOutcome): Finding {
  const { lost, doubled, forgotten, unsettled } = outcome
  return { what, tries, seen: seenIn(outcome), holds: lost + doubled + forgotten + unsettled === 0 }
}

function noticing(what: string, tries: number, outcome: Outcome | KillsOutcome): Finding {
  return { what, tries, seen: seenIn(outcome), holds: outcome.doubled > 0, isControl: true }
}

const seenIn = ({ diedAt, ...counts }: Outcome | KillsOutcome) => ({
  ...counts,
  'crash points died at': diedAt.size,
})

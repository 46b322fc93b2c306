import type { Campaign, Finding } from './campaign.ts'
import { type KillsOutcome, runKills } from './p1-kills.ts'
import { type Outcome, runSchedules } from './p1-schedules.ts'
import { neverDiedAt } from './support/served-points.ts'

export const p1: Campaign = {
  name: 'P1',
  promise: 'No approved invite is lost and none takes effect twice, whenever the process dies.',
  async run({ seed, size }) {
    const isFull = size === 'full'
    const schedules = isFull ? 10_000 : 300
    const forControl = isFull ? 10_000 : 1_000
    const forOthers = isFull ? 1_000 : 100
    const rounds = isFull ? 500 : 4
    const findings = [
      holding('schedules in one process', schedules, await runSchedules({ seed, schedules })),
      noticing(
        'the same with a settle window of 0',
        forControl,
        await runSchedules({ seed, schedules: forControl, settleMs: 0 }),
        ({ doubled }) => doubled,
      ),
      noticing(
        'the same without looking before sending again',
        forOthers,
        await runSchedules({ seed, schedules: forOthers, guards: { looking: 'off' } }),
        ({ doubled }) => doubled,
      ),
      noticing(
        'the same, and what a crash left of requests is left',
        isFull ? 1_000 : 30,
        await runSchedules({ seed, schedules: isFull ? 1_000 : 30, requestsJob: 'off' }),
        ({ cardsAmiss, unsettled }) => Math.min(cardsAmiss, unsettled),
      ),
      holding('rounds ended by kill -9', rounds, await runKills({ seed, rounds, invitesARound: 4 })),
    ]
    if (!isFull) return findings
    const control = await runKills({ seed, rounds: 60, invitesARound: 4, settleMs: 0 })
    const what = 'rounds ended by kill -9 with a settle window of 0'
    return [...findings, noticing(what, 60, control, ({ doubled }) => doubled)]
  },
}

function holding(what: string, tries: number, outcome: Outcome | KillsOutcome): Finding {
  const { lost, doubled, forgotten, unsettled, waitingTwice, cardsAmiss, untold } = outcome
  const broken = lost + doubled + forgotten + unsettled + waitingTwice + cardsAmiss + untold
  // A run in which nobody asked, or nothing was approved, would prove nothing of requests.
  return { what, tries, seen: seenIn(outcome), holds: broken === 0 && outcome.approvals > 0 }
}

function noticing(
  what: string,
  tries: number,
  outcome: Outcome | KillsOutcome,
  mustBeSeen: (outcome: Outcome) => number,
): Finding {
  return { what, tries, seen: seenIn(outcome), holds: mustBeSeen(outcome) > 0, isControl: true }
}

const seenIn = ({ diedAt, ...counts }: Outcome | KillsOutcome) => ({
  ...counts,
  'crash points died at': diedAt.size,
  'never died at': neverDiedAt(diedAt),
})

import { lookedAfter } from '../sharing/looked-after.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'
import { deliverOwed } from './deliver-owed.ts'
import { expire } from './expire.ts'
import { createLogCards } from './log-cards.ts'
import { pruneCounters } from './prune-counters.ts'
import { pruneDrafts } from './prune-drafts.ts'
import { reconcileAll } from './reconcile.ts'
import { createRetain } from './retain.ts'
import type { Jobs } from './schedule.ts'
import { settleRequests } from './settle-requests.ts'
import { warmUp } from './warm-up.ts'

/**
 * Everything that happens by itself once a minute, in this order. A job is given only the guilds that go on as usual;
 * those that are named below see every guild, and neither decide anything nor reach plex.tv or people.
 */
export function allJobs(everywhere: Ports): Jobs {
  const ports = lookedAfter(everywhere)
  return {
    'warm up': () => warmUp(ports),
    expire: () => expire(ports),
    'deliver owed': () => deliverOwed(ports),
    reconcile: () => reconcileAll(ports),
    'settle requests': () => settleRequests(ports),
    'log cards': createLogCards(everywhere),
    'prune drafts': () => pruneDrafts(everywhere),
    'prune counters': () => pruneCounters(everywhere),
    retain: createRetain(everywhere),
  }
}

import type { Campaign } from './campaign.ts'
import { p1 } from './p1-exactly-once.ts'
import { p4 } from './p4-opposing-decisions.ts'

export const campaigns: readonly Campaign[] = [p1, p4]

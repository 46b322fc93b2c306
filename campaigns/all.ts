import type { Campaign } from './campaign.ts'
import { p1 } from './p1-exactly-once.ts'

export const campaigns: readonly Campaign[] = [p1]

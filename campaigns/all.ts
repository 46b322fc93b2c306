import type { Campaign } from './campaign.ts'
import { p1 } from './p1-exactly-once.ts'
import { p4 } from './p4-opposing-decisions.ts'
import { p8 } from './p8-guilds-apart.ts'
import { p9 } from './p9-any-payload.ts'
import { p12 } from './p12-masked-addresses.ts'
import { p13 } from './p13-inert-text.ts'
import { p19 } from './p19-broken-store.ts'
import { p20 } from './p20-clean-stop.ts'

export const campaigns: readonly Campaign[] = [p1, p4, p8, p9, p12, p13, p19, p20]

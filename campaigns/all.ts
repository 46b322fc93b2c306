import type { Campaign } from './campaign.ts'
import { p1 } from './p1-exactly-once.ts'
import { p2 } from './p2-one-click.ts'
import { p4 } from './p4-opposing-decisions.ts'
import { p5 } from './p5-no-abuse.ts'
import { p6 } from './p6-default-deny.ts'
import { p7 } from './p7-options.ts'
import { p8 } from './p8-guilds-apart.ts'
import { p9 } from './p9-any-payload.ts'
import { p10 } from './p10-no-mass-removal.ts'
import { p11 } from './p11-incomplete-answers.ts'
import { p12 } from './p12-masked-addresses.ts'
import { p13 } from './p13-inert-text.ts'
import { p14 } from './p14-no-secret-anywhere.ts'
import { p16 } from './p16-limits.ts'
import { p17 } from './p17-data-at-rest.ts'
import { p19 } from './p19-broken-store.ts'
import { p20 } from './p20-clean-stop.ts'
import { p20Soak } from './p20-soak.ts'

export const campaigns: readonly Campaign[] = [
  p1,
  p2,
  p4,
  p5,
  p6,
  p7,
  p8,
  p9,
  p10,
  p11,
  p12,
  p13,
  p14,
  p16,
  p17,
  p19,
  p20,
  p20Soak,
]

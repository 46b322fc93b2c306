import { draftKey } from '../sharing/drafts.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

/** Takes away what was begun and never confirmed. */
export async function pruneDrafts({ drafts, clock }: Pick<Ports, 'drafts' | 'clock'>): Promise<void> {
  const now = clock.now()
  for (const draft of await drafts.list('')) {
    if (draft.expiresAt <= now) await drafts.remove(draftKey(draft.guildId, draft.id))
  }
}

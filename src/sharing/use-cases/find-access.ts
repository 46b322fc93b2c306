import type { ShareId } from '../../lib/ids.ts'
import { findPerson } from '../find-person.ts'
import type { HomeUser, LibrarySharing, PlexIdentity, Share } from '../ports.ts'
import { readRecipient } from '../recipient.ts'
import { type Refusal, refuse } from '../refusal.ts'

/** Whom somebody typed or chose: a share, a Home user, or a name. */
export type Found = { is: 'share'; share: Share } | { is: 'home'; user: HomeUser }

/** What autocomplete fills in for people: ids, because titles and names can be anybody's. */
export const whoValue = {
  share: (id: ShareId) => `share:${id}`,
  home: (user: Pick<HomeUser, 'accountId'>) => `home:${user.accountId}`,
}

/**
 * Finds who is meant by what was typed or chosen, on this one server. Only the lists that can answer are read, and
 * the one where the person was last seen comes first.
 */
export async function findAccess(
  sharing: LibrarySharing,
  typed: string,
): Promise<{ outcome: 'found'; found: Found } | Refusal> {
  const [, kind, wanted] = /^(share|home):(\d+)$/u.exec(typed.trim()) ?? []
  if (kind === 'home') return findHomeUser(sharing, typed, wanted ?? '')

  const who = kind === 'share' ? undefined : readRecipient(typed)
  if (who && !who.ok) return refuse({ reason: 'badRecipient', problem: who.problem, typed })
  for (const status of likelyOrder(sharing, (share) => matches(share, wanted, who?.who))) {
    const reading = await sharing.shares(status)
    if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
    const found = pick(reading.value.value, wanted, who?.who)
    if (found.kind === 'ambiguous') {
      return refuse({ reason: 'ambiguousPerson', typed, choices: found.candidates.map((share) => share.who) })
    }
    if (found.kind === 'found') return { outcome: 'found', found: { is: 'share', share: found.value } }
  }
  return refuse({ reason: 'unknownPerson', typed })
}

async function findHomeUser(sharing: LibrarySharing, typed: string, accountId: string) {
  const reading = await sharing.home()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const user = reading.value.value.find((each) => each.accountId === accountId)
  return user
    ? ({ outcome: 'found', found: { is: 'home', user } } as const)
    : refuse({ reason: 'unknownPerson', typed })
}

function pick(shares: readonly Share[], shareId: string | undefined, who: PlexIdentity | undefined) {
  if (who) return findPerson(who, shares)
  const value = shares.find((share) => share.id === shareId)
  return value ? ({ kind: 'found', value } as const) : ({ kind: 'none' } as const)
}
const matches = (share: Share, shareId: string | undefined, who: PlexIdentity | undefined) =>
  pick([share], shareId, who).kind === 'found'

/** Pending and active shares are separate lists at plex.tv: the one that showed the person last is read first. */
function likelyOrder(sharing: LibrarySharing, isMeant: (share: Share) => boolean): Share['status'][] {
  return sharing.lastRead().pending?.some(isMeant) ? ['pending', 'active'] : ['active', 'pending']
}

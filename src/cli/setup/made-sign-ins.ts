import { signOut } from '../../plex/api/sign-in.ts'
import type { PlexAccess } from '../plex-access.ts'

/** Sign-ins that were made here and are in nobody's use yet. */
export interface MadeSignIns {
  made(token: string): void
  /** The bot is going to use it. */
  kept(token: string): void
  /** Ends what is left, and says in words what became of it; nothing where none was left. */
  endAll(): Promise<string | undefined>
}

/**
 * plex.tv gives an account one token for each device: who signs in again may be given the one that the bot works with,
 * and ending that would end what works. `inUse` are those that were there before.
 */
export function madeSignIns(plex: PlexAccess, inUse: readonly string[]): MadeSignIns {
  const made = new Set<string>()
  return {
    made: (token) => {
      if (!inUse.includes(token)) made.add(token)
    },
    kept: (token) => made.delete(token),
    async endAll() {
      if (made.size === 0) return undefined
      for (const token of made) {
        const out = await plex.ask(signOut, token)
        // Of one that is dead already there is nothing to end.
        if (out.ok || out.problem.kind === 'unauthorised') made.delete(token)
      }
      return made.size === 0
        ? 'The sign-in that was made is ended again at plex.tv.'
        : 'plex.tv could not be told to end the sign-in that was made. End it yourself: https://app.plex.tv, Settings → Authorized Devices, “Usherr”.'
    },
  }
}

import type { PlexIdentity } from './ports.ts'

/** What another program's file says of one person, in our words. Nothing of it has been compared with plex.tv yet. */
export interface PeerRow {
  /** Where it stands in that file, for a person: "row 12". */
  at: string
  /** As it stands there: whether it is a member's id is still to be seen. */
  memberId?: string
  /** The names that the person may be found by. A title is none. */
  who: PlexIdentity
  endsAt?: Date
  /** What a reader of the list wants to know besides. */
  note?: string
}

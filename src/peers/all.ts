import { invitarr } from './invitarr.ts'
import { membarr } from './membarr.ts'
import type { Peer, PeerName } from './peer.ts'
import { plexfriends } from './plexfriends.ts'
import { wizarr } from './wizarr.ts'

/** Every program whose file can be taken over, by the name that the command line takes. */
export const peers: Readonly<Record<PeerName, Peer>> = { membarr, invitarr, plexfriends, wizarr }

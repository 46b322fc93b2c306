import type { Result } from '../lib/result.ts'
import type { PeerRow } from '../sharing/peer-row.ts'

/** Another program that shares Plex libraries, whose file can be taken over. */
export interface Peer {
  /** As it calls itself. */
  title: string
  /** The name of its file and where it usually lies, for the usage text. */
  file: string
  /** Reads the file and writes nothing, neither into it nor beside it. */
  read(path: string, options: ReadOptions): Promise<Result<PeerContents, PeerProblem>>
}

export const peerNames = ['membarr', 'invitarr', 'plexfriends', 'wizarr'] as const
export type PeerName = (typeof peerNames)[number]

export interface ReadOptions {
  /** The name of the Plex server that is meant, for a program that knows several. */
  serverName?: string | undefined
}

export interface PeerContents {
  /** Which version wrote it, as far as it can be told: "the tables of Membarr 1.1". */
  writtenBy: string
  rows: readonly PeerRow[]
  unreadable: readonly UnreadableRow[]
  /** What is not about Plex, in sentences. */
  leftOut: readonly string[]
}

/** A row that nothing can be made of; the others count all the same. */
export interface UnreadableRow {
  at: string
  /** What it calls the person. */
  name: string
  because: string
}

/** Why the file cannot be read, for the person at the terminal. */
export interface PeerProblem {
  kind:
    | 'missing'
    | 'notReadable'
    | 'locked'
    | 'noRoom'
    | 'beingWritten'
    | 'empty'
    | 'notADatabase'
    | 'notJson'
    | 'otherProgram'
    | 'damaged'
    | 'unknownVersion'
    | 'notPlex'
    | 'severalServers'
    | 'noRows'
  what: string
  next: string
}

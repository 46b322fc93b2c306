/**
 * The moments at which dying would hurt most: between two things that belong together. The code passes each by its
 * name; nothing happens there, until a campaign lets the process die at one of them.
 */
export type CrashPoint = (typeof crashPoints)[number]
export type PassCrashPoint = (point: CrashPoint) => void

export const crashPoints = [
  // A decision
  'before a decision is stored',
  'after a decision is stored',
  // plex.tv
  'before a look',
  'after a look',
  'after "sending" is stored, before the socket',
  'after the request is written',
  'after the reply, before it is stored',
  'after the outcome is stored',
  // A request
  'before a request is stored',
  'after a request is stored, before it has its place',
  'before a card is posted',
  'after a card is posted, before it is stored',
  'after a ruling is stored',
  'after an approval is carried out, before it is stored',
  // Telling people
  'before a notice',
  'after a notice, before it is stored',
  // The store
  'during a store write, before the row',
  'during a store write, after the row',
  // Changing the key
  'before a row gets the new key',
  'after a row got the new key',
  'before the canary gets the new key',
  // A backup
  'after a backup is copied, before it is checked',
  'after a backup is checked, before it has its name',
  // A restore
  'after a backup is copied back, before it is prepared',
  'after the old deletions are carried out again',
  'before the present database is kept',
  'after the present database is kept, before the backup takes its place',
  'after the backup took its place',
] as const

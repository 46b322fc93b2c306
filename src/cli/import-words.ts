import type { PeerContents } from '../peers/peer.ts'
import type { PeerRow } from '../sharing/peer-row.ts'
import type { PlexIdentity } from '../sharing/ports.ts'
import type { EndNote, RowFate, RowRefusal, TakenOver } from '../sharing/take-over.ts'
import type { TakeOverOutcome } from '../sharing/use-cases/take-over.ts'

/** What an import did, or would do: a table, what is worth a look, counts. The reader is the owner at his own terminal. */
export function importWords(
  { rows, serverName }: Pick<TakeOverOutcome, 'rows' | 'serverName'>,
  { unreadable, leftOut }: Pick<PeerContents, 'unreadable' | 'leftOut'>,
  isPreview: boolean,
): string[] {
  const lines = rows.map(({ row, fate }) => [
    row.at,
    nameOf(row),
    row.memberId ?? '(none)',
    fateWords(fate, isPreview, serverName),
  ])
  const notes = rows.flatMap(({ row, fate }) => ('end' in fate && fate.end ? [endWords(row, fate.end)] : []))
  return [
    ...table(['where', 'who', 'Discord member', isPreview ? 'what would happen' : 'what happened'], lines),
    ...(unreadable.length > 0
      ? [
          '',
          'Could not be read:',
          ...unreadable.map((each) => `  ${each.at}: ${each.name}: ${each.because}.`),
        ]
      : []),
    ...(leftOut.length > 0 ? ['', 'Left out:', ...leftOut.map((each) => `  ${each}`)] : []),
    ...(notes.length > 0 ? ['', 'End dates that were left out:', ...notes.map((note) => `  ${note}`)] : []),
    '',
    countWords(rows, unreadable.length, isPreview),
  ].map(printable)
}

/** Whether nothing is left for a human: the refused and the unreadable are. */
export function isAllDone(
  { rows }: Pick<TakeOverOutcome, 'rows'>,
  { unreadable }: Pick<PeerContents, 'unreadable'>,
): boolean {
  return unreadable.length === 0 && rows.every(({ fate }) => fate.is !== 'refused')
}

const doesWords: Record<TakenOver, [past: string, future: string]> = {
  adopt: ['taken into the records', 'take into the records'],
  link: ['linked to the member', 'link to the member'],
  endDate: ['end date set', 'set the end date'],
}

function fateWords(fate: RowFate, isPreview: boolean, serverName: string): string {
  switch (fate.is) {
    case 'takenOver':
      return fate.does.map((each) => doesWords[each][isPreview ? 1 : 0]).join(', ')
    case 'alreadySo':
      return fate.sameAs === undefined ? 'already so' : `already so: the same as ${fate.sameAs}`
    case 'noShare':
      return `left out: plex.tv shows no access and no invitation on ${serverName}`
    case 'owner':
      return 'left out: he owns the server'
    case 'refused':
      return `REFUSED: ${refusalWords(fate.because)}`
    default:
      return fate satisfies never
  }
}

function refusalWords(because: RowRefusal): string {
  switch (because.reason) {
    case 'badMemberId':
      return 'what stands in the place of the Discord member is no id (17 to 20 digits)'
    case 'ambiguous':
      return `several people at plex.tv fit: ${because.candidates.map(identityWords).join('; ')}`
    case 'memberTwice':
      return `${because.rows.join(', ')} name the same Discord member; leave one in a copy of the file`
    case 'accountTwice':
      return `${because.rows.join(', ')} are one Plex account with different members or end dates; leave one in a copy of the file`
    case 'otherMember':
      return `the account belongs to ${because.memberId === undefined ? 'another member' : `the member ${because.memberId}`} in Usherr already`
    case 'memberHasOther':
      return `the member is linked to another Plex account in Usherr already: ${identityWords(because.who)}`
    case 'maybeThere':
      return 'plex.tv lists rows that cannot be told, and one of them may be his: run this again later'
    case 'underWay':
      return because.isParked
        ? 'a decision about him waits for a human: look with /users filter:unsettled, then run this again'
        : 'a decision about him is on its way to plex.tv; run this again in a few minutes'
    default:
      return because satisfies never
  }
}

function endWords(row: PeerRow, end: EndNote): string {
  const whose = `${row.at}: ${identityWords(row.who)}`
  return end.is === 'past'
    ? `${whose}: his end, ${day(end.endsAt)}, is over and he has access still. It would end at once, so it was left out: end it with /revoke, or leave it.`
    : `${whose}: the file says ${day(end.endsAt)}, Usherr has ${day(end.here)}. What stands in Usherr stays.`
}

const day = (date: Date) => date.toISOString().slice(0, 10)

function nameOf({ who, endsAt, note }: PeerRow): string {
  const about = [
    ...(note === undefined ? [] : [note]),
    ...(endsAt === undefined ? [] : [`until ${day(endsAt)}`]),
  ]
  return `${identityWords(who)}${about.length === 0 ? '' : ` (${about.join(', ')})`}`
}

const identityWords = ({ email, username, accountId }: PlexIdentity) =>
  [email, username, accountId === undefined ? undefined : `account ${accountId}`]
    .filter((each) => each !== undefined)
    .join(', ')

function countWords(rows: TakeOverOutcome['rows'], unreadable: number, isPreview: boolean): string {
  const of = (...kinds: RowFate['is'][]) => rows.filter(({ fate }) => kinds.includes(fate.is)).length
  return [
    `${of('takenOver')} ${isPreview ? 'to take over' : 'taken over'}`,
    `${of('alreadySo')} already so`,
    `${of('noShare', 'owner')} left out`,
    `${of('refused')} refused`,
    `${unreadable} could not be read`,
  ].join(', ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map(printable))
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)))
  return all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A file may hold anything, and a terminal obeys control characters. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')

import { after, type Had, type Person, type PersonEvent, type Want } from './person.ts'

/** How to take back what was decided, or why there is no way back. */
export type Reversal = { ok: true; want: Want; had?: Had } | { ok: false; because: NoWayBack }
export type NoWayBack =
  /** Somebody decided something newer, or plex.tv shows something else than came of it. */
  | 'changedSince'
  /** plex.tv never said which libraries there were: nothing is guessed. */
  | 'librariesUnknown'
  /** "All, future ones too" can be given only with a new share. */
  | 'allNeedsNewShare'
  /** The access would have ended by itself meanwhile. */
  | 'endedMeanwhile'
  | 'tooLongAgo'

type Decided = Extract<PersonEvent, { what: 'decided' }>

/** For how long a revoked person can be restored; a suspended one can be for good. */
export const restorableForMs = 30 * 24 * 60 * 60_000

/** What takes back the decision `about`: only the last one, and only once it has come out. */
export function undoOf(person: Person, about: string, now: Date): Reversal {
  const last = lastDecision(person)
  if (person.intent || last?.about !== about) return noWay('changedSince')
  const { had } = last
  const { seen } = person
  const has = seen.is === 'pending' || seen.is === 'active'
  switch (last.want.to) {
    case 'share':
      if (!has) return noWay('changedSince')
      return had?.is === 'suspended'
        ? { ok: true, want: { to: 'end', mode: 'suspend' }, had }
        : { ok: true, want: { to: 'end', mode: 'remove' } }
    case 'change':
      if (!has) return noWay('changedSince')
      if (!had?.access) return noWay('librariesUnknown')
      if (had.access.kind === 'all') return noWay('allNeedsNewShare')
      return { ok: true, want: { to: 'change', access: had.access } }
    case 'end':
      return has ? noWay('changedSince') : shareAgain(had, now)
    default:
      return last.want satisfies never
  }
}

/** What gives a suspended person his access back, or a revoked one within 30 days: the same libraries and settings. */
export function restoreOf(person: Person, now: Date): Reversal {
  const ending = lastEnding(person)
  if (!ending) return noWay('changedSince')
  const until = restorableUntil(person)
  if (until && until <= now) return noWay('tooLongAgo')
  return shareAgain(
    person.suspended ? { ...ending.had, is: 'suspended', access: person.suspended } : ending.had,
    now,
  )
}

/** Until when he can be restored; nothing for a suspended person, who can be for good. */
export function restorableUntil(person: Person): Date | undefined {
  const ending = lastEnding(person)
  return ending && !person.suspended ? after(ending.at, restorableForMs) : undefined
}

/** The libraries that he had until his access ended. */
export const endedAccess = (person: Person) => person.suspended ?? lastEnding(person)?.had?.access

/** The decision that ended his access, where it is over and nothing was decided since. */
function lastEnding(person: Person): Decided | undefined {
  const { intent, seen, history } = person
  if (intent || seen.is !== 'gone') return undefined
  const cameToNothing = (about: string) =>
    history.some(
      (event) => event.about === about && (event.what === 'refused' || event.what === 'superseded'),
    )
  const last = history.findLast(
    (event): event is Decided => event.what === 'decided' && !cameToNothing(event.about),
  )
  return last?.want.to === 'end' ? last : undefined
}

function shareAgain(had: Had | undefined, now: Date): Reversal {
  if (!had?.access) return noWay('librariesUnknown')
  const { access, settings, endsAt } = had
  if (endsAt && endsAt <= now) return noWay('endedMeanwhile')
  return {
    ok: true,
    want: {
      to: 'share',
      access,
      ...(settings === undefined ? {} : { settings }),
      ...(endsAt === undefined ? {} : { endsAt }),
    },
  }
}

const lastDecision = ({ history }: Person) =>
  history.findLast((event): event is Decided => event.what === 'decided')

const noWay = (because: NoWayBack) => ({ ok: false, because }) as const

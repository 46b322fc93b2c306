import type { Clock } from '../lib/clock.ts'
import type { CrashPoint, PassCrashPoint } from '../lib/crash-point.ts'
import { InTurn } from '../lib/in-turn.ts'
import type { Log } from '../lib/log.ts'
import { ok, type Result } from '../lib/result.ts'
import { type FoundShare, incomplete, isListed, lookForShare } from './absence.ts'
import { isOffered, type LibraryAccess, sameAccess } from './library-access.ts'
import { personKey } from './people.ts'
import {
  after,
  confirmed,
  dueAgain,
  ended,
  type Intent,
  observed,
  type Person,
  type PersonEvent,
  parked,
  putOff,
  refused,
  sending,
  turnedAway,
  type Unclear,
  unclear,
} from './person.ts'
import {
  absentReadsNeeded,
  askAgainAt,
  betweenReadsMs,
  incompleteAgainMs,
  maxAttempts,
  nextStep,
} from './plan.ts'
import type { Documents, LibrarySharing, Recipient, Share, SharesReading, Trouble } from './ports.ts'

export interface DeliverPorts {
  people: Pick<Documents<Person>, 'get' | 'update'>
  clock: Clock
  log: Log
  /** How long an unclear answer rests before plex.tv is looked at. */
  settleMs: number
  crashPoint?: PassCrashPoint
  /** What a test takes out, to see that its checks notice. */
  guards?: Guards
}

export interface Guards {
  /** Deliveries for one person no longer wait for each other. */
  turns?: 'off'
  /** What may have happened is sent again without a look. */
  looking?: 'off'
  /** However many would go at once, they go. */
  brake?: 'off'
  /** A restored guild decides and is served as any other. */
  observing?: 'off'
  /** Rows that could not be told are taken for nobody's. */
  untold?: 'off'
  /** Libraries are sent as they were decided, whether they are still there or not. */
  offered?: 'off'
}

/** What a list shows, with the rows that could not be told. */
export const readingWith = (reading: SharesReading, guards: Guards | undefined): SharesReading =>
  guards?.untold === 'off' ? { ...reading, untold: [] } : reading

/** One writer a person: a command and a job that deliver for the same person wait for each other. */
const turns = new InTurn()

/**
 * Carries out what is owed to plex.tv for one person, as far as it can be carried out now: the one way for commands
 * and for jobs. Doing it twice is harmless. Returns the person as he then is, or nothing where there is none.
 */
export function deliver(
  ports: DeliverPorts,
  sharing: LibrarySharing,
  key: string,
  /** What is decided first, in the same turn: a decision never overtakes a request that is on the wire. */
  decide?: () => Promise<unknown>,
): Promise<Person | undefined> {
  return inTurnOf(ports, key, async () => {
    ports.crashPoint?.('before a decision is stored')
    await decide?.()
    if (decide) ports.crashPoint?.('after a decision is stored')
    for (;;) {
      const person = await ports.people.get(key)
      if (!person) return undefined
      const step = nextStep(person, ports.clock.now(), ports.settleMs)
      if (step.do === 'rest') return person
      await new Delivery(ports, sharing, person, step.intent)[step.do]()
    }
  })
}

/** Work that must not happen while somebody else works for the same person. */
export function inTurnOf<T>(
  { guards }: Pick<DeliverPorts, 'guards'>,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  return guards?.turns === 'off' ? work() : turns.run(key, work)
}

type Change = (person: Person, now: Date) => Person

class Delivery {
  readonly #ports: DeliverPorts
  readonly #sharing: LibrarySharing
  readonly #person: Person
  readonly #intent: Intent
  /** A row has the id of his share, though it does not show it as his. */
  #isListed = false

  constructor(ports: DeliverPorts, sharing: LibrarySharing, person: Person, intent: Intent) {
    this.#ports = ports
    this.#sharing = sharing
    this.#person = person
    this.#intent = intent
  }

  async send(): Promise<void> {
    switch (this.#intent.want.to) {
      case 'share':
        return this.#sendInvitation()
      case 'change':
        return this.#sendChange()
      case 'end':
        return this.#sendEnd()
      default:
        return this.#intent.want satisfies never
    }
  }

  async #sendInvitation(): Promise<void> {
    const { want } = this.#intent
    const to = recipientOf(this.#person)
    if (want.to !== 'share' || !to) return this.#note((person, now) => refused(person, 'noSuchAccount', now))
    if (!(await this.#areOffered(want.access))) return
    if (!(await this.#record(sending))) return
    this.#pass('after "sending" is stored, before the socket')
    const answer = await this.#sharing.share({
      to,
      access: want.access,
      ...(want.downloads === undefined ? {} : { downloads: want.downloads }),
      ...(want.settings === undefined ? {} : { settings: want.settings }),
    })
    this.#pass('after the reply, before it is stored')
    if (!answer.ok) return this.#sendingTrouble(answer.problem)
    const { value } = answer
    switch (value.kind) {
      case 'shared': {
        const { share } = value
        if (share?.access && sameAccess(share.access, want.access)) {
          return this.#note((person, now) => confirmed(person, share, now))
        }
        return this.#note((person, now) => unclear(person, now, { said: 'done' }))
      }
      case 'alreadySharing':
        return this.#note((person, now) => unclear(person, now, { said: 'already' }))
      case 'noSuchAccount':
        return this.#note((person, now) => refused(person, 'noSuchAccount', now))
      default:
        return value satisfies never
    }
  }

  async #sendChange(): Promise<void> {
    const { want } = this.#intent
    if (want.to !== 'change') return
    const reading = await this.#sharing.shares('active')
    if (!reading.ok) return this.#readingTrouble(reading.problem)
    const found = lookForShare(soughtIn(this.#person), reading.value)
    if (found.kind !== 'found') return this.look()
    const share = found.value
    if (!(await this.#areOffered(want.access))) return
    if (!(await this.#record(sending))) return
    this.#pass('after "sending" is stored, before the socket')
    const answer = await this.#sharing.changeLibraries(share, want.access)
    this.#pass('after the reply, before it is stored')
    if (!answer.ok) {
      if (answer.problem.kind !== 'notFound') return this.#sendingTrouble(answer.problem)
      return this.#note((person, now) => unclear(person, now, {}))
    }
    const changed = answer.value
    if (changed?.access && sameAccess(changed.access, want.access)) {
      return this.#note((person, now) => confirmed(person, changed, now))
    }
    return this.#note((person, now) => unclear(person, now, { said: 'done' }))
  }

  /**
   * Whether the server still has these libraries: what was decided while plex.tv was out of reach went by an older list.
   * Right after a command the list has just been read, and nothing more is asked. Where not, it has been noted what came.
   */
  async #areOffered(access: LibraryAccess): Promise<boolean> {
    if (access.kind === 'all' || this.#ports.guards?.offered === 'off') return true
    const reading = await this.#sharing.libraries()
    if (reading.ok && isOffered(access, reading.value.value)) return true
    await (reading.ok ? this.#fail('libraryGone') : this.#readingTrouble(reading.problem))
    return false
  }

  async #sendEnd(): Promise<void> {
    const { seen, who } = this.#person
    if (seen.is === 'nothing' || seen.is === 'gone') {
      return this.#note((person, now) => ended(person, now))
    }
    if (!(await this.#record(sending))) return
    this.#pass('after "sending" is stored, before the socket')
    const answer = await this.#sharing.end({ id: seen.shareId, status: seen.is, who })
    this.#pass('after the reply, before it is stored')
    if (!answer.ok && answer.problem.kind !== 'notFound') return this.#sendingTrouble(answer.problem)
    // That plex.tv knows no such share is one of the two proofs; the other is its list.
    return this.#note((person, now) =>
      unclear(person, now, answer.ok ? { said: 'done' } : { said: 'gone', absentReads: 1 }),
    )
  }

  /** Reads plex.tv's own lists and takes them at their word, but only where they are complete. */
  async look(): Promise<void> {
    if (this.#ports.guards?.looking === 'off') {
      return this.#note((person, now) => dueAgain(person, now, maxAttempts))
    }
    this.#pass('before a look')
    const found = await this.#find()
    this.#pass('after a look')
    if (!found.ok) return this.#readingTrouble(found.problem)
    if (found.value.kind === 'ambiguous') return this.#fail('ambiguous')
    if (found.value.kind === 'untold') return this.#cannotTell()
    const share = found.value.kind === 'found' ? found.value.value : undefined
    const { want } = this.#intent
    if (want.to === 'end') return share ? this.#notAsWanted(share) : this.#absent()
    const fromWhen = this.#believedFrom(share)
    if (fromWhen) return this.#note((person) => unclear(person, fromWhen, saidUntilNow(person)))
    if (!share) return want.to === 'share' ? this.#absent() : this.#fail('shareGone')
    if (!share.access || sameAccess(share.access, want.access)) {
      return this.#note((person, now) => confirmed(person, share, now))
    }
    if (want.to === 'change') {
      return share.status === 'pending' ? this.#fail('stillPending', share) : this.#notAsWanted(share)
    }
    return this.#fail('alreadyHasOther', share)
  }

  /**
   * From when on this sight of plex.tv is believed, if not now. A list may be a moment older than what we ourselves did
   * last: within the window after that, it is believed only where it agrees with it, or with what plex.tv just said.
   */
  #believedFrom(share: Share | undefined): Date | undefined {
    const { want, progress } = this.#intent
    const lastDeed = this.#person.history.findLast(isDeed)
    if (!lastDeed || want.to === 'end') return undefined
    const from = after(lastDeed.at, this.#ports.settleMs)
    if (from <= this.#ports.clock.now()) return undefined
    const shows = (access: LibraryAccess | undefined) =>
      share !== undefined && (!share.access || !access || sameAccess(share.access, access))
    if (progress.is === 'unclear' && progress.said === 'done' && shows(want.access)) return undefined
    const agrees = lastDeed.what === 'ended' ? share === undefined : shows(lastDeed.access)
    return agrees ? undefined : from
  }

  /** Looks only into the lists that can answer the question, one after the other: often the first suffices. */
  async #find(): Promise<Result<FoundShare, Trouble>> {
    const { want, progress } = this.#intent
    const { seen } = this.#person
    const wasPending = this.#person.seen.is !== 'active'
    const order: Share['status'][] = wasPending ? ['pending', 'active'] : ['active', 'pending']
    const said = progress.is === 'unclear' ? progress.said : undefined
    // plex.tv said that it removed the share from this list: the other one never held it.
    const lists = want.to === 'end' && said === 'done' ? order.slice(0, 1) : order
    let mayBeHere = false
    for (const status of lists) {
      const reading = await this.#sharing.shares(status, { fresh: true })
      if (!reading.ok) return reading
      const shown = readingWith(reading.value, this.#ports.guards)
      const found = lookForShare(soughtIn(this.#person), shown)
      if (found.kind === 'found' || found.kind === 'ambiguous') return ok(found)
      mayBeHere ||= found.kind === 'untold'
      this.#isListed ||= 'shareId' in seen && isListed(seen.shareId, shown)
    }
    return ok({ kind: mayBeHere ? 'untold' : 'none' })
  }

  /**
   * The lists have rows that may be his, or anybody's: nothing was learnt. Only an end can be settled all the same,
   * where no row has the share's id: plex.tv is asked to remove it once more, which harms nobody, until it says that it
   * knows no such share.
   */
  #cannotTell(): Promise<void> {
    const { want, progress } = this.#intent
    if (want.to === 'end' && !this.#isListed) {
      const isKnownGone = progress.is === 'unclear' && progress.said === 'gone' && progress.attempts > 1
      return this.#note((person, now) =>
        isKnownGone ? ended(person, now) : dueAgain(person, now, maxAttempts),
      )
    }
    const until = after(this.#ports.clock.now(), incompleteAgainMs)
    return this.#readingTrouble({ ...incomplete, until })
  }

  /**
   * There is no share. Once is not enough to believe it, for a list may be a moment behind: where plex.tv said that it
   * ended the share, that is the other proof. Then an invitation is sent again, a few times, and an end has come.
   */
  #absent(): Promise<void> {
    const { progress, want } = this.#intent
    const said = progress.is === 'unclear' ? progress.said : undefined
    if (said === 'already') return this.#fail('conflict')
    const absentReads = (progress.is === 'unclear' ? progress.absentReads : 0) + 1
    const { settleMs } = this.#ports
    return this.#note((person, now) => {
      if (want.to === 'end' && (said === 'done' || absentReads >= absentReadsNeeded))
        return ended(person, now)
      if (said === 'done') return unclear(person, after(now, settleMs), {})
      if (absentReads < absentReadsNeeded) {
        return unclear(person, after(now, betweenReadsMs(settleMs)), { absentReads })
      }
      return dueAgain(person, now, maxAttempts)
    })
  }

  /** plex.tv shows something else than it was asked for. Repeating a change or a removal is harmless. */
  #notAsWanted(share: Share): Promise<void> {
    const { progress } = this.#intent
    const saidDone = progress.is === 'unclear' && progress.said === 'done'
    return this.#note((person, now) =>
      saidDone
        ? unclear(person, after(now, this.#ports.settleMs), { trouble: 'unexpected' })
        : dueAgain(observed(person, share, now), now, maxAttempts),
    )
  }

  #fail(because: Parameters<typeof refused>[1], share?: Share): Promise<void> {
    return this.#note((person, now) => refused(person, because, now, share))
  }

  /** Writes down what came out, unless a newer decision has overtaken this one. Says whether it did. */
  async #record(change: Change): Promise<boolean> {
    let recorded = false
    const then = await this.#ports.people.update(personKey(this.#person), (current) => {
      recorded = current?.intent?.id === this.#intent.id
      return current && recorded ? change(current, this.#ports.clock.now()) : undefined
    })
    if (recorded && then?.intent?.progress.is === 'parked') this.#alert(then.intent.progress.why)
    return recorded
  }

  async #note(change: Change): Promise<void> {
    await this.#record(change)
    this.#pass('after the outcome is stored')
  }

  #pass(point: CrashPoint): void {
    this.#ports.crashPoint?.(point)
  }

  /** Given up until a human looks: nothing else will happen by itself. */
  #alert(why: string): void {
    const { guildId, id } = this.#person
    const { want } = this.#intent
    this.#ports.log.error(
      { guildId, personId: id, action: want.to, reason: why },
      'A decision could not be carried out at plex.tv and is parked; somebody has to look',
    )
  }

  /** A write that plex.tv did not answer with yes or no. */
  #sendingTrouble(trouble: Trouble): Promise<void> {
    this.#log(trouble)
    return this.#note((person, now) => {
      if (trouble.mayHaveHappened)
        return unclear(person, after(now, this.#ports.settleMs), { trouble: trouble.kind })
      switch (trouble.kind) {
        case 'rejected':
        case 'forbidden':
          return refused(person, trouble.kind, now)
        case 'notFound':
          return refused(person, 'noSuchAccount', now)
        case 'gone':
          return parked(person, 'gone', now)
        default:
          return turnedAway(person, this.#askAgainAt(trouble, now), trouble.kind, this.#tries + 1)
      }
    })
  }

  /** plex.tv could not be read: nothing was learnt, so nothing changes but the time of the next look. */
  #readingTrouble(trouble: Trouble): Promise<void> {
    this.#log(trouble)
    return this.#note((person, now) => putOff(person, this.#askAgainAt(trouble, now), trouble.kind))
  }

  #askAgainAt(trouble: Trouble, now: Date): Date {
    return askAgainAt(trouble, this.#tries, now)
  }

  get #tries(): number {
    const { progress } = this.#intent
    return progress.is === 'decided' ? progress.tries : 0
  }

  #log(trouble: Trouble): void {
    const { kind, code, mayHaveHappened } = trouble
    this.#ports.log.warn(
      {
        personId: this.#person.id,
        action: this.#intent.want.to,
        trouble: kind,
        plexCode: code,
        mayHaveHappened,
      },
      'plex.tv did not answer as hoped',
    )
  }
}

const soughtIn = ({ who, seen }: Person) => ({ who, shareId: 'shareId' in seen ? seen.shareId : undefined })

type Deed = Extract<PersonEvent, { what: 'shared' | 'changed' | 'ended' }>
const isDeed = (event: PersonEvent): event is Deed =>
  event.what === 'shared' || event.what === 'changed' || event.what === 'ended'

/** What plex.tv answered and what was read so far still counts while more time passes. */
function saidUntilNow({ intent }: Person): Pick<Unclear, 'said'> & { absentReads: number } {
  const progress = intent?.progress
  if (progress?.is !== 'unclear') return { absentReads: 0 }
  const { said, absentReads } = progress
  return { absentReads, ...(said === undefined ? {} : { said }) }
}

/** An account id is sure, an address is what was typed, and a user name can change hands: in this order. */
function recipientOf({ who }: Person): Recipient | undefined {
  if (who.accountId !== undefined) return { accountId: who.accountId }
  if (who.email !== undefined) return { email: who.email }
  return who.username === undefined ? undefined : { username: who.username }
}

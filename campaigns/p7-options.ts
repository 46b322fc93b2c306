import { id, type LibraryId, type RoleId } from '../src/lib/ids.ts'
import type { LibrarySet } from '../src/sharing/guild-settings.ts'
import type { LibraryAccess } from '../src/sharing/library-access.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import {
  type Actor,
  capabilitiesOf,
  type GrantLimits,
  levels,
  type RoleBinding,
} from '../src/sharing/policy.ts'
import { addedBy } from '../src/sharing/use-cases/change-libraries.ts'
import { dora, guildId } from '../test/support/names.ts'
import type { Campaign, Finding } from './campaign.ts'
import { sharesIn } from './support/port-plex.ts'
import { type Random, randomFrom } from './support/random.ts'
import { type ReviewWorld, reviewWorld } from './support/review-world.ts'

export const p7: Campaign = {
  name: 'P7',
  promise:
    'Options never widen rights: whatever is typed, ticked or pressed, what plex.tv is asked to share is within what one of the roles of whoever pressed may grant, and lasts no longer.',
  async run({ seed, size }) {
    const sets = size === 'full' ? 65_000 : 600
    const forControl = Math.min(sets, 2_000)
    return [
      finding('random option sets', sets, await tryOut(randomFrom(seed), sets, true)),
      finding(
        'the same where limits are not asked',
        forControl,
        await tryOut(randomFrom(seed), forControl, false),
        true,
      ),
    ]
  },
}

interface Outcome {
  /** Attempts that came as far as a press. */
  pressed: number
  refused: number
  /** Somebody was given libraries that he had not. */
  granted: number
  /** Of these, by which way. */
  invited: number
  approved: number
  changed: number
  undone: number
  restored: number
  beyondLibraries: number
  beyondTime: number
}
type Way = 'invited' | 'approved' | 'changed' | 'undone' | 'restored'

const libraries = ['910000001', '910000002', '910000003', '910000004'].map((each) => id<LibraryId>(each))
const titles = ['Movies', 'TV Shows', 'Music', 'Photos', 'Family', 'family', 'Songs'] as const
const days = 86_400_000
const roles = ['a', 'b', 'c'].map((role) => id<RoleId>(role))
/** Every so many attempts plex.tv and the settings begin anew. */
const attemptsAWorld = 10

async function tryOut(random: Random, attempts: number, asksLimits: boolean): Promise<Outcome> {
  const ways = { invited: 0, approved: 0, changed: 0, undone: 0, restored: 0 }
  const sum: Outcome = { pressed: 0, refused: 0, granted: 0, ...ways, beyondLibraries: 0, beyondTime: 0 }
  for (let first = 0; first < attempts; first += attemptsAWorld) {
    const part = random.part(first)
    const world = await reviewWorld(part)
    const bindings = await bind(world, part)
    if (!asksLimits) withoutLimits(world)
    for (let at = first; at < first + attemptsAWorld; at++) await attempt(world, part, at, bindings, sum)
  }
  return sum
}

/** Random sets, and random limits for random roles. What is returned is what the judge goes by. */
async function bind({ ports }: ReviewWorld, random: Random): Promise<RoleBinding[]> {
  const bindings = Array.from({ length: 1 + random.below(4) }, (): RoleBinding => {
    const limits: GrantLimits = {
      ...(random.chance(0.7)
        ? { sets: ['family', 'Songs', 'Removed'].filter(() => random.chance(0.5)) }
        : {}),
      ...(random.chance(0.4) ? { longestMs: (1 + random.below(40)) * days } : {}),
      ...(random.chance(0.2) ? { needsReview: true as const } : {}),
    }
    return {
      roleId: roles[random.below(roles.length)] ?? id<RoleId>('a'),
      level: random.chance(0.5) ? 'manager' : random.pick(levels),
      limits,
    }
  })
  await ports.settings.update(
    guildId,
    (settings) => settings && { ...settings, bindings: [...settings.bindings, ...bindings], sets },
  )
  return bindings
}
const sets: readonly LibrarySet[] = [
  { name: 'Family', libraries: [id<LibraryId>('910000001'), id<LibraryId>('910000002')] },
  { name: 'Songs', libraries: [id<LibraryId>('910000003')] },
]

interface Held {
  access: LibraryAccess
  endsAt?: Date
}

async function attempt(
  world: ReviewWorld,
  random: Random,
  at: number,
  bindings: readonly RoleBinding[],
  sum: Outcome,
) {
  const actor: Actor = { ...world.somebody('zoe'), roleIds: roles.filter(() => random.chance(0.5)) }
  world.actors.set(actor.memberId, actor)
  const press = await prepare(world, random, at, actor)
  if (!press) return
  sum.pressed++
  const before = await held(world)
  const outcome = await press.go()
  if (outcome.outcome === 'refused') sum.refused++
  // Whoever is late: nothing that was kept for later may grant more either.
  await world.tick()
  for (const [who, now] of await held(world)) {
    const added = addedBy(before.has(who) ? before.get(who)?.access : undefined, now.access)
    if (!added) continue
    sum.granted++
    sum[press.way]++
    const mine = bindings.filter(
      ({ roleId, level, limits }) =>
        actor.roleIds.includes(roleId) &&
        capabilitiesOf(level).has(press.right) &&
        (press.right === 'review' || limits?.needsReview !== true),
    )
    const within = mine.filter(({ limits }) => covers(limits?.sets, added))
    const lasts = now.endsAt ? now.endsAt.getTime() - world.clock.now().getTime() : Number.POSITIVE_INFINITY
    const inTime = within.filter(({ limits }) => lasts <= (limits?.longestMs ?? Number.POSITIVE_INFINITY))
    if (within.length === 0) sum.beyondLibraries++
    // A change leaves the end as it is: it is no longer than it was.
    else if (inTime.length === 0 && !before.has(who)) sum.beyondTime++
  }
}

function covers(names: readonly string[] | undefined, access: LibraryAccess): boolean {
  if (names === undefined) return true
  const allowed = sets.filter(({ name }) => names.some((each) => each.toLowerCase() === name.toLowerCase()))
  const of = new Set(allowed.flatMap((set) => set.libraries))
  return access.kind === 'some' && access.libraries.every((library) => of.has(library))
}

/** Everything that plex.tv shares, by person, with the end that the bot keeps. */
async function held({ plex, ports }: ReviewWorld): Promise<Map<string, Held>> {
  const persons = await ports.people.list(personKeysOf(guildId))
  const shares = (['pending', 'active'] as const).flatMap((status) => sharesIn(plex.state.world, status))
  return new Map(
    shares.flatMap(({ id: share, who, access }) => {
      const name = String(who.accountId ?? who.email ?? share)
      const endsAt = persons.find(({ seen }) => 'shareId' in seen && seen.shareId === share)?.endsAt
      return access ? [[name, { access, ...(endsAt ? { endsAt } : {}) }] as const] : []
    }),
  )
}

interface Pressing {
  way: Way
  right: 'invite' | 'review' | 'change'
  go(): Promise<{ outcome: string }>
}

/** What leads up to the press is done by who may everything; the press itself is the actor's, with options of chance. */
async function prepare(
  world: ReviewWorld,
  random: Random,
  at: number,
  actor: Actor,
): Promise<Pressing | undefined> {
  const { rules } = world
  const press = `press ${at}`
  switch (random.below(6)) {
    case 0:
    case 1: {
      const wish = { id: press, email: `p${at}@example.com`, libraries: typedLibraries(random) }
      const duration = typedDuration(random)
      const more = {
        ...(duration === undefined ? {} : { duration }),
        ...(random.chance(0.3) ? { downloads: true } : {}),
      }
      return { way: 'invited', right: 'invite', go: () => rules.invite(actor, { ...wish, ...more }) }
    }
    case 2: {
      const asker = world.somebody(`asker${at}`, 'member')
      const request = await world.waiting(asker, `p${at}@example.com`)
      const card = world.press(request, press)
      if (random.chance(0.3))
        return { way: 'approved', right: 'review', go: () => rules.approveRequest(actor, card) }
      const panel = await rules.openReviewPanel(actor, card)
      if (panel.outcome !== 'panel') return undefined
      const { draftId } = panel
      await rules.changeReviewPanel(actor, {
        draftId,
        part: 0,
        ticked: libraries.filter(() => random.chance(0.5)),
      })
      const lasts = random.chance(0.5) ? ('forever' as const) : (1 + random.below(60)) * days
      await rules.changeReviewPanel(actor, { draftId, lasts })
      return {
        way: 'approved',
        right: 'review',
        go: () => rules.approveChanged(actor, { id: press, draftId }),
      }
    }
    case 3: {
      const asked = await rules.askToChange(actor, { who: 'mira@example.com' })
      if (asked.outcome !== 'choose') return undefined
      const { draftId } = asked
      await rules.chooseLibraries(actor, {
        draftId,
        part: 0,
        ticked: libraries.filter(() => random.chance(0.5)),
      })
      return {
        way: 'changed',
        right: 'change',
        go: () => rules.changeLibraries(actor, { id: press, draftId }),
      }
    }
    case 4: {
      if (random.chance(0.5)) return undoOfChange(world, random, press, actor)
      const undo = await end(world, random, at)
      return undo === undefined
        ? undefined
        : { way: 'undone', right: 'invite', go: () => rules.undo(actor, { draftId: undo }) }
    }
    default: {
      await end(world, random, at)
      const ended = (await world.ports.people.list(personKeysOf(guildId))).filter(
        ({ seen }) => seen.is === 'gone',
      )
      const person = ended[random.below(ended.length)]
      return (
        person && {
          way: 'restored',
          right: 'invite',
          go: () => rules.restore(actor, { id: press, personId: person.id }),
        }
      )
    }
  }
}

/** dora invites somebody, for some time or for good, and ends it. */
async function end({ rules }: ReviewWorld, random: Random, at: number): Promise<string | undefined> {
  const email = `q${at}@example.com`
  const named = ['Movies', 'TV Shows', 'Music', 'Photos'].filter(() => random.chance(0.5))
  const typed = named.length > 0 ? named.join(', ') : 'all'
  const duration = random.chance(0.5) ? { duration: `${1 + random.below(60)}d` } : {}
  await rules.invite(dora, { id: `dora ${at}`, email, libraries: typed, ...duration })
  const mode = random.chance(0.5) ? 'remove' : 'suspend'
  const asked = await rules.askToRevoke(dora, { who: email, mode })
  if (asked.outcome !== 'confirmShare') return undefined
  const done = await rules.revoke(dora, { id: `ends ${at}`, draftId: asked.draftId })
  return done.outcome === 'revoked' ? done.undo : undefined
}

/** dora changes what mira has; what the undo gives back is the actor's. */
async function undoOfChange(
  { rules }: ReviewWorld,
  random: Random,
  press: string,
  actor: Actor,
): Promise<Pressing | undefined> {
  const asked = await rules.askToChange(dora, { who: 'mira@example.com' })
  if (asked.outcome !== 'choose') return undefined
  const { draftId } = asked
  await rules.chooseLibraries(dora, { draftId, part: 0, ticked: libraries.filter(() => random.chance(0.4)) })
  const done = await rules.changeLibraries(dora, { id: `dora ${press}`, draftId })
  const undo = done.outcome === 'changed' ? done.undo : undefined
  return undo === undefined
    ? undefined
    : { way: 'undone', right: 'change', go: () => rules.undo(actor, { draftId: undo }) }
}

function typedLibraries(random: Random): string {
  if (random.chance(0.1)) return random.pick(['all', 'ALL', ' all ', 'all, Movies', 'Movies, all', '', ','])
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(titles)).join(
    random.pick([', ', ',', ' , ']),
  )
}

function typedDuration(random: Random): string | undefined {
  if (random.chance(0.4)) return undefined
  return random.chance(0.2)
    ? random.pick(['0d', '-1d', '999999999d', '1e9d', 'forever', '', '90000000000000000h'])
    : `${1 + random.below(60)}${random.pick(['d', 'h', 'w'])}`
}

/** The guard taken out: the settings say which roles there are, and nothing of what they may grant at most. */
function withoutLimits({ ports }: ReviewWorld): void {
  const { settings } = ports
  ports.settings = {
    ...settings,
    get: async (key) => {
      const found = await settings.get(key)
      return found && { ...found, bindings: found.bindings.map(({ roleId, level }) => ({ roleId, level })) }
    },
  }
}

function finding(what: string, tries: number, outcome: Outcome, isControl = false): Finding {
  const violations = outcome.beyondLibraries + outcome.beyondTime
  const { invited, approved, changed, undone, restored } = outcome
  const isEveryWayTaken = [invited, approved, changed, undone, restored].every((count) => count > 0)
  const holds = isControl ? violations > 0 : violations === 0 && isEveryWayTaken
  return { what, tries, seen: { ...outcome }, holds, ...(isControl ? { isControl } : {}) }
}

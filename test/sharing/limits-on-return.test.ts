import { expect, test } from 'vitest'
import { personKeysOf } from '../../src/sharing/people.ts'
import type { GrantLimits } from '../../src/sharing/policy.ts'
import { dora, guildId } from '../support/ground.ts'
import { type ReviewGround, reviewGround } from '../support/review-ground.ts'
import { days } from '../support/shifted-clock.ts'

/** mona may manage; the set Songs is Music alone, which mira, who has Movies and TV Shows, does not have. */
async function ground() {
  const on = await reviewGround()
  await on.rules.setLibrarySet(dora, { name: 'Songs', libraries: 'Music' })
  await on.rules.setLibrarySet(dora, { name: 'Films', libraries: 'Movies, TV Shows' })
  return { on, mona: on.somebody('mona', 'manager') }
}
type Manager = Awaited<ReturnType<typeof ground>>['mona']

async function ends(on: ReviewGround, by: Manager, id: string): Promise<string> {
  const asked = await on.rules.askToRevoke(by, { who: 'mira_q', mode: 'remove' })
  if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
  const done = await on.rules.revoke(by, { id, draftId: asked.draftId })
  if (done.outcome !== 'revoked' || !done.undo) throw new Error(done.outcome)
  return done.undo
}
const personId = async (on: ReviewGround) => {
  const [person] = await on.ports.people.list(personKeysOf(guildId))
  if (!person) throw new Error('nobody is known')
  return person.id
}

const refusals: [string, GrantLimits, object][] = [
  ['other libraries', { sets: ['Songs'] }, { reason: 'beyondLimits', limit: 'libraries' }],
  ['for good', { longestMs: 30 * days }, { reason: 'beyondLimits', limit: 'duration', longestMs: 30 * days }],
  ['without a review', { needsReview: true }, { reason: 'needsReview' }],
]

test.each(refusals)(
  'neither a restore nor an undo of an end gives back %s where the role may not grant that',
  async (_, limits, refusal) => {
    const { on, mona } = await ground()
    await on.limit('manager', limits)
    const draftId = await ends(on, mona, '1')
    expect(await on.rules.undo(mona, { draftId })).toMatchObject(refusal)
    expect(await on.rules.restore(mona, { id: '2', personId: await personId(on) })).toMatchObject(refusal)
    expect(on.plex.ledger.map(({ did }) => did)).toEqual(['share-deleted'])
    await on.limit('manager', { sets: ['films'] })
    expect(await on.rules.undo(mona, { draftId })).toMatchObject({ outcome: 'takenBack' })
  },
)

test('what comes back takes a place of the week; what came to nothing gives it back, and a second press takes none', async () => {
  const { on, mona } = await ground()
  await on.limit('manager', { grantsPerWeek: 1 })
  await ends(on, mona, '1')
  const press = { id: '2', personId: await personId(on) }
  expect(await on.rules.restore(mona, press)).toMatchObject({ outcome: 'takenBack' })
  expect(await on.rules.restore(mona, press)).toMatchObject({ outcome: 'takenBack' })
  const draftId = await ends(on, mona, '3')
  expect(await on.rules.undo(mona, { draftId })).toMatchObject({ reason: 'limitReached' })
  on.clock.pass(7 * days)
  expect(await on.rules.restore(mona, { ...press, id: '4' })).toMatchObject({ outcome: 'takenBack' })
})

test('an undo of a change adds nothing beyond the limits; what it takes away needs none', async () => {
  const { on, mona } = await ground()
  const change = async (press: string, title: string[]) => {
    const asked = await on.rules.askToChange(dora, { who: 'mira_q' })
    if (asked.outcome !== 'choose') throw new Error(asked.outcome)
    const ticked = asked.libraries.filter((each) => title.includes(each.title)).map(({ id }) => id)
    await on.rules.chooseLibraries(dora, { draftId: asked.draftId, part: 0, ticked })
    const done = await on.rules.changeLibraries(dora, { id: press, draftId: asked.draftId })
    if (done.outcome !== 'changed' || !done.undo) throw new Error(done.outcome)
    return done.undo
  }
  await on.limit('manager', { sets: ['Songs'] })
  const fewer = await change('1', ['Movies'])
  expect(await on.rules.undo(mona, { draftId: fewer })).toMatchObject({ reason: 'beyondLimits' })
  const more = await change('2', ['Movies', 'TV Shows', 'Photos'])
  expect(await on.rules.undo(mona, { draftId: more })).toMatchObject({ outcome: 'takenBack' })
})

test('an undo of an invitation ends it, whatever the role may grant', async () => {
  const { on, mona } = await ground()
  const done = await on.rules.invite(mona, { id: '1', email: 'fresh@example.com', libraries: 'Movies' })
  if (done.outcome !== 'invited' || !done.undo) throw new Error(done.outcome)
  await on.limit('manager', { sets: ['Songs'] })
  expect(await on.rules.undo(mona, { draftId: done.undo })).toMatchObject({ outcome: 'takenBack' })
})

test('what plex.tv shows is adopted only by whoever may grant it, and takes no place of a week', async () => {
  const { on, mona } = await ground()
  const adopt = async (name: string, press: string) => {
    const shown = await on.rules.previewSync(mona, {})
    if (shown.outcome !== 'sync') throw new Error(shown.outcome)
    const at = shown.items.findIndex((item) => 'share' in item && item.share.who.username === name)
    return on.rules.settleDrift(mona, { id: press, draftId: shown.draftId, at, remedy: 'adopt' })
  }
  await on.limit('manager', { sets: ['Films'], grantsPerWeek: 1 })
  expect(await adopt('jonas.b', '1')).toMatchObject({ reason: 'beyondLimits' })
  expect(await on.ports.people.list(personKeysOf(guildId))).toEqual([])
  await on.limit('manager', { needsReview: true })
  expect(await adopt('mira_q', '2')).toMatchObject({ reason: 'needsReview' })
  await on.limit('manager', { sets: ['Films'], grantsPerWeek: 1 })
  expect(await adopt('mira_q', '3')).toMatchObject({ outcome: 'settled' })
  expect(await on.ports.people.list(personKeysOf(guildId))).toHaveLength(1)
  expect(await on.ports.counters.list('')).toEqual([])

  // Elsewhere somebody gave mira more: that is adopted only by whoever may grant what was added.
  on.clock.pass(2 * days)
  on.plex.change((world) => ({
    ...world,
    shares: world.shares.map((share) =>
      share.id === 30000001 ? { ...share, libraryIds: [...share.libraryIds, 910000003] } : share,
    ),
  }))
  expect(await adopt('mira_q', '4')).toMatchObject({ reason: 'beyondLimits', sets: ['Films'] })
  await on.limit('manager', { sets: ['Songs'] })
  expect(await adopt('mira_q', '5')).toMatchObject({ outcome: 'settled' })
})

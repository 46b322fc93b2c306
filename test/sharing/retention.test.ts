import { expect, test } from 'vitest'
import { createRetain } from '../../src/jobs/retain.ts'
import { personKeysOf } from '../../src/sharing/people.ts'
import { restoreOf } from '../../src/sharing/reversal.ts'
import { alice, dora, type Ground, ground, guildId } from '../support/ground.ts'
import { days } from '../support/shifted-clock.ts'

const all = ({ ports }: Ground) => ports.people.list(personKeysOf(guildId))

async function ends(on: Ground, who: string, mode: 'remove' | 'suspend') {
  const asked = await on.rules.askToRevoke(dora, { who, mode })
  if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
  expect(await on.rules.revoke(dora, { id: `end ${who}`, draftId: asked.draftId })).toMatchObject({
    outcome: 'revoked',
  })
}

test('who has been gone for 400 days and is tied to no member is forgotten, and not a day before', async () => {
  const on = await ground()
  const retain = createRetain(on.ports)
  await ends(on, 'mira_q', 'remove')
  on.clock.pass(399 * days)
  await retain()
  expect(await all(on)).toHaveLength(1)
  on.clock.pass(2 * days)
  await retain()
  expect(await all(on)).toEqual([])
})

test('whoever has access, is suspended, or is a member stays; of his history what explains it stays', async () => {
  const on = await ground()
  await ends(on, 'mira_q', 'suspend')
  await on.rules.invite(dora, { id: '1', email: 'a@example.com', member: alice, libraries: 'Movies' })
  await ends(on, 'a@example.com', 'remove')
  await on.rules.invite(dora, { id: '2', email: 'b@example.com', libraries: 'Movies' })
  on.clock.pass(500 * days)
  await createRetain(on.ports)()
  const left = await all(on)
  expect(left.map(({ who }) => who.username ?? who.email).sort()).toEqual([
    'a@example.com',
    'b@example.com',
    'mira_q',
  ])
  const mira = left.find(({ who }) => who.username === 'mira_q')
  expect(mira && restoreOf(mira, on.clock.now())).toMatchObject({ ok: true })
  expect(left.find(({ who }) => who.email === 'b@example.com')?.history).toHaveLength(2)
})

test('what is older than 400 days is cut from a history that goes on', async () => {
  const on = await ground()
  const libraries = { Movies: '910000001', Music: '910000003' }
  for (const [at, ticked] of Object.values(libraries).entries()) {
    const asked = await on.rules.askToChange(dora, { who: 'mira_q' })
    if (asked.outcome !== 'choose') throw new Error(asked.outcome)
    await on.rules.chooseLibraries(dora, { draftId: asked.draftId, part: 0, ticked: [ticked] })
    await on.rules.changeLibraries(dora, { id: `change ${at}`, draftId: asked.draftId })
    on.clock.pass(300 * days)
  }
  const [before] = await all(on)
  expect(before?.history.map(({ about }) => about)).toEqual(['change 0', 'change 0', 'change 1', 'change 1'])
  await createRetain(on.ports)()
  const [person] = await all(on)
  expect(person?.history.map(({ about }) => about)).toEqual(['change 1', 'change 1'])
  expect(person?.version).toBe((before?.version ?? 0) + 1)
})

test('runs once a day; a round that failed is tried again', async () => {
  const on = await ground()
  let scrubs = 0
  let isDown = true
  const retain = createRetain({
    ...on.ports,
    async scrub() {
      scrubs++
      if (isDown) throw new Error('locked')
    },
  })
  await expect(retain()).rejects.toThrow('locked')
  isDown = false
  await retain()
  await retain()
  expect(scrubs).toBe(2)
  on.clock.pass(1 * days)
  await retain()
  expect(scrubs).toBe(3)
})

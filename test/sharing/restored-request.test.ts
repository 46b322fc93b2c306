import { expect, test } from 'vitest'
import { requestKey } from '../../src/sharing/access-request.ts'
import { settleRequest } from '../../src/sharing/use-cases/settle-request.ts'
import { alice, ground, guildId } from '../support/ground.ts'
import { reviewGround } from '../support/review-ground.ts'
import { minutes } from '../support/shifted-clock.ts'

/** alice, whose account is known, was granted Movies; the process died, and since then somebody invited her. */
async function approvedThenInvited() {
  const on = await reviewGround()
  const { rules, ports } = on
  const who = { email: 'alice@example.com' }
  await ports.links.link({ guildId, memberId: alice, who, linkedAt: new Date(), linkedBy: alice })
  const asked = await rules.requestAccess(on.somebody(alice, 'member'), { id: 'asks', libraries: 'Movies' })
  if (asked.outcome !== 'requested') throw new Error(asked.outcome)
  ports.crashPoint = (point) => {
    if (point === 'after a ruling is stored') throw new Error('died')
  }
  const press = on.press(asked.request, 'yes')
  await expect(rules.approveRequest(on.somebody('rob', 'reviewer'), press)).rejects.toThrow('died')
  delete ports.crashPoint
  // By another process, of which this one has read nothing.
  const { sharing } = await ground({ plex: on.plex })
  await sharing.share({ to: who, access: asked.request.wanted.access })
  const writes = () => on.plex.count({ method: 'POST' })
  const before = writes()
  const at = new Date(on.clock.now().getTime() + minutes)
  return {
    ...on,
    restored: { id: 'a-restore', at, backupAt: at },
    settle: () => settleRequest(ports, requestKey(asked.request)),
    sent: () => writes() - before,
  }
}

test('an approval of before a restore is looked up before it is sent', async () => {
  const on = await approvedThenInvited()
  on.ports.observation = { ...on.ports.observation, restored: on.restored }
  expect(await on.settle()).toMatchObject({ effect: { came: 'alreadyHas' } })
  expect(on.sent()).toBe(0)
})

test('without a restore it is sent, and plex.tv itself says that she is invited already', async () => {
  const on = await approvedThenInvited()
  await on.settle()
  expect(on.sent()).toBe(1)
})

import { expect, test } from 'vitest'
import { runSchedules } from '../../campaigns/p1-schedules.ts'
import { runBackup } from '../../src/cli/run-backup.ts'
import { runRestore } from '../../src/cli/run-restore.ts'
import { type CrashPoint, crashPoints } from '../../src/lib/crash-point.ts'
import { rotateKeys } from '../../src/storage/rotate.ts'
import { keys, newKey, parseNote, storeIn, temporaryFile } from '../storage/temporary-store.ts'
import { reviewGround } from '../support/review-ground.ts'

test('every crash point is really passed: by an invitation that somebody dies of, by a request that is approved, by a change of the key, or by a backup and its restore', {
  timeout: 60_000,
}, async () => {
  const { diedAt } = await runSchedules({ seed: 3, schedules: 400 })
  const passed = new Set<CrashPoint>(diedAt.keys())

  const file = await temporaryFile()
  const [old, current] = [newKey(), newKey()]
  const before = await storeIn(file, keys(old))
  await before.collection('notes', parseNote).update('a', () => ({ text: 'a note' }))
  await before.close()
  const { database, cipher } = await storeIn(file, keys(current, old))
  await rotateKeys({ database, cipher, crashPoint: (point) => passed.add(point) })

  const own = await temporaryFile()
  await (await storeIn(own)).close()
  const [environment, copy] = [{ STORAGE_URL: `sqlite://${own}` }, `${own}.copy`]
  const crashPoint = (point: CrashPoint) => void passed.add(point)
  expect(await runBackup([copy], environment, () => {}, { crashPoint })).toBe(0)
  const terminal = { print: () => {}, ask: undefined }
  expect(await runRestore([copy, '--yes'], environment, terminal, { crashPoint })).toBe(0)

  const review = await reviewGround()
  review.ports.crashPoint = (point) => passed.add(point)
  const request = await review.waiting()
  await review.rules.approveRequest(review.somebody('rob', 'reviewer'), review.press(request, 'yes'))

  expect([...passed].sort()).toEqual([...crashPoints].sort())
})

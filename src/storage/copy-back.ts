import { open, stat } from 'node:fs/promises'
import { silentLog } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { draftAt, unsound } from './back-up.ts'
import { canaryKey } from './canary.ts'
import { CannotOpen, keyIdOf, split } from './cipher.ts'
import { type MasterKeys, readKeys } from './keys.ts'
import { backedUpKey, backedUpMark } from './marks.ts'
import { openFileStore, type Store } from './open.ts'
import { openSqlite } from './sqlite/open.ts'
import { describeError, type StoreProblem } from './store-problem.ts'
import { type Survey, survey } from './survey.ts'

/** A backup, copied to where the database lies, opened, and found whole. */
export interface CopiedBack {
  store: Store
  found: Survey
  /**
   * As of when: what the backup says of itself; of a file that was copied by hand, the newest that it tells of, for
   * nothing in it can be of a later deletion. Nothing where nothing has ever happened in it.
   */
  asOf: Date | undefined
}

/** Copies a backup to `draft` and opens that: the backup itself is only read. */
export async function copyBack(
  backup: string,
  draft: string,
  { keys, keyFile }: { keys: MasterKeys; keyFile: string },
): Promise<Result<CopiedBack, StoreProblem>> {
  try {
    await copyPrivately(backup, draft)
    const isThere = await stat(`${backup}-wal`).then(
      ({ size }) => size > 0,
      () => false,
    )
    // The files of a stopped or killed bot, copied by hand: the newest rows may lie in its log only.
    if (isThere) await copyPrivately(`${backup}-wal`, `${draft}-wal`)
    const keyId = await keyIdIn(draft)
    if (keyId === undefined) return problem(notOurs(backup))
    const withIts = await keysFor(keyId, keys, keyFile)
    if (!withIts) return problem(keyNotAtHand(keyId, keyFile))
    return await openedAndChecked(draft, withIts)
  } catch (error) {
    const cause = (error instanceof StoreUnavailable && error.cause) || error
    const { kind, what } = describeError(cause, backup)
    return problem(kind === 'notADatabase' ? notOurs(backup) : { kind, what, next: nextFor(kind) })
  }
}

async function copyPrivately(from: string, to: string): Promise<void> {
  // Copying in one call would give it the mode of the other file.
  const [source, copy] = [await open(from, 'r'), await open(to, 'wx', 0o600)]
  try {
    const chunk = Buffer.alloc(1 << 20)
    for (;;) {
      const { bytesRead } = await source.read(chunk, 0, chunk.length)
      if (bytesRead === 0) break
      await copy.writeFile(chunk.subarray(0, bytesRead))
    }
  } finally {
    await source.close()
    await copy.close()
  }
}

/** By which key it is sealed; nothing where it is no database of ours. */
async function keyIdIn(draft: string): Promise<string | undefined> {
  const database = await openSqlite(draft)
  try {
    const canary = await database.rows('meta').get(canaryKey)
    return canary === undefined ? undefined : split(canary).keyId
  } catch (error) {
    if (error instanceof CannotOpen) return undefined
    throw error
  } finally {
    await database.close()
  }
}

/** The keys at hand and, where the backup is older than a rotation, the one that was kept then. */
async function keysFor(keyId: string, keys: MasterKeys, keyFile: string): Promise<MasterKeys | undefined> {
  if (keys.some((key) => keyIdOf(key) === keyId)) return keys
  const kept = await readKeys(`${keyFile}.${keyId}`)
  return kept?.ok && kept.value.some((key) => keyIdOf(key) === keyId) ? [...keys, ...kept.value] : undefined
}

async function openedAndChecked(draft: string, keys: MasterKeys): Promise<Result<CopiedBack, StoreProblem>> {
  const opened = await openFileStore(draftAt(draft), { keys, log: silentLog })
  if (!opened.ok) return opened
  const store = opened.value
  let isGood = false
  try {
    const isSound = await store.database.isSound()
    const found = await survey(store)
    if (!isSound || found.unreadable.size > 0) return problem(unsound(found))
    const asOf = (await backedUpMark(store).get(backedUpKey))?.at ?? found.newestAt
    isGood = true
    return ok({ store, found, asOf })
  } finally {
    if (!isGood) await store.close()
  }
}

function notOurs(backup: string): StoreProblem {
  return {
    kind: 'notADatabase',
    what: `${backup} is not a database of Usherr.`,
    next: 'Give the file that npm run backup made.',
  }
}

function keyNotAtHand(keyId: string, keyFile: string): StoreProblem {
  return {
    kind: 'wrongKey',
    what: `The backup is sealed with the key ${keyId}, which is not at hand.`,
    next: `Put that key back as ${keyFile}.${keyId}, or give it after the present one: ENCRYPTION_KEY=present,old. It was backed up apart from the database.`,
  }
}

function nextFor(kind: StoreProblem['kind']): string {
  switch (kind) {
    case 'full':
      return 'Make room where the database lies: the backup has to fit beside it.'
    case 'readOnly':
      return 'Give the user who runs this read access to the backup and write access to the folder of the database.'
    default:
      return 'Check the name of the backup, and who may read it.'
  }
}

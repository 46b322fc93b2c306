import { askToChange, askToRevoke, inviteSomebody } from '../doing.ts'
import { type Stage, startStage } from '../stage.ts'
import { atMost, type Line } from '../table.ts'

/** How many requests plex.tv gets for what a person does: exact, the same in every run. */
export async function requests(): Promise<Line[]> {
  const stage = await startStage({ people: 100 })
  const { dora } = stage
  const lines: Line[] = []
  const count = async (what: string, bar: number, work: () => Promise<unknown>) => {
    const value = await requestsFor(stage, work)
    lines.push(atMost(`Requests: ${what}`, value, bar, String))
  }
  const invite = async () => (await inviteSomebody(dora)).answered()
  const users = async () => (await dora.slash('users')).answered()

  await count('invite, lists fresh', 1, invite)
  await stage.growOld()
  await count('invite, nothing fresh', 2, invite)
  await users()
  const change = await askToChange(dora)
  await count('change of libraries, lists fresh', 1, async () =>
    (await dora.press(change, 'Save')).answered(),
  )
  const revoke = await askToRevoke(dora)
  await count('revoke, lists fresh (with one reading back)', 2, async () =>
    (await dora.press(revoke, 'End access')).answered(),
  )
  await stage.growOld()
  const ask = async () => (await dora.slash('revoke', { who: 'waiting0@example.com' })).answered()
  await count('revoke of a pending invitation, nothing fresh', 3, async () =>
    (await dora.press(await ask(), 'Cancel the invitation')).answered(),
  )
  await stage.growOld()
  await count('users with their libraries, 100 people', 2, users)
  await count('users again, while fresh', 0, users)
  await stage.growOld()
  await count('autocomplete, nothing fresh', 0, () => dora.autocomplete('revoke', { who: 'person' }, 'who'))
  await count('20 x /users at once, nothing fresh', 2, () => Promise.all(Array.from({ length: 20 }, users)))
  await stage.close()
  return lines
}

async function requestsFor({ plex }: Stage, work: () => Promise<unknown>): Promise<number> {
  const before = plex.count()
  await work()
  await plex.settled()
  return plex.count() - before
}

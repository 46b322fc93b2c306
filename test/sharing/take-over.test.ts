import { describe, expect, test } from 'vitest'
import { type AccountId, id, type MemberId } from '../../src/lib/ids.ts'
import { anAccount, aShare, type PlexDifferences, plexWorld } from '../../src/sandbox/plex/world.ts'
import type { PeerRow } from '../../src/sharing/peer-row.ts'
import { personKeysOf } from '../../src/sharing/people.ts'
import type { Person } from '../../src/sharing/person.ts'
import type { TakenOver } from '../../src/sharing/take-over.ts'
import { type TakeOverOutcome, takeOver } from '../../src/sharing/use-cases/take-over.ts'
import { temporaryFile } from '../storage/temporary-store.ts'
import { dora, type Ground, ground, guildId } from '../support/ground.ts'
import { minutes } from '../support/shifted-clock.ts'

const alma = '200000000000000001'
const boris = '200000000000000002'
const mira = (more: Partial<PeerRow> = {}): PeerRow => ({
  at: 'row 1',
  memberId: alma,
  who: { email: 'Mira@example.com' },
  ...more,
})
const jonas = (more: Partial<PeerRow> = {}): PeerRow => ({
  at: 'row 2',
  memberId: boris,
  who: { email: 'jonas.brandt@example.com' },
  ...more,
})
/** A row that names no Discord member. */
function unlinked({ memberId: _, ...row }: PeerRow): PeerRow {
  return row
}
const newcomer = (more: Partial<PeerRow> = {}): PeerRow => ({
  at: 'row 3',
  who: { email: 'newcomer@example.com' },
  ...more,
})
const inDays = (on: Ground, days: number) => new Date(on.clock.now().getTime() + days * 86_400_000)

async function takesOver(
  on: Ground,
  rows: readonly PeerRow[],
  { isPreview = false, from = 'Membarr' } = {},
): Promise<TakeOverOutcome> {
  const outcome = await takeOver(on.ports, { guildId, rows, from, isPreview })
  if (outcome.outcome === 'refused') throw new Error(JSON.stringify(outcome))
  return outcome
}

/** What became of each row, shortly. */
const fates = ({ rows }: TakeOverOutcome) =>
  rows.map(({ fate }) => {
    if (fate.is === 'takenOver') return fate.does.join(' ')
    return fate.is === 'refused' ? `refused: ${fate.because.reason}` : fate.is
  })
const everybody = (on: Ground) => on.ports.people.list(personKeysOf(guildId))
async function called(on: Ground, username: string): Promise<Person> {
  const found = (await everybody(on)).find(({ who }) => who.username === username)
  if (!found) throw new Error(`nobody is called ${username}`)
  return found
}
/** Everything that is stored of people and links, to see whether anything was written. */
async function stored(on: Ground) {
  const members = [alma, boris].map((each) => id<MemberId>(each))
  const links = await Promise.all(members.map((each) => on.ports.links.ofMember(guildId, each)))
  return JSON.stringify([await everybody(on), links])
}

describe('taking over', () => {
  test('adopts what plex.tv shows, links the member and sets the end date; the history says that the import did it', async () => {
    const on = await ground()
    const endsAt = inDays(on, 30)
    expect(fates(await takesOver(on, [mira({ endsAt }), jonas(), newcomer()]))).toEqual([
      'adopt link endDate',
      'adopt link',
      'adopt',
    ])
    const person = await called(on, 'mira_q')
    expect(person).toMatchObject({
      memberId: alma,
      endsAt,
      seen: { is: 'active', shareId: '30000001' },
      history: [
        { what: 'adopted', by: 'import', status: 'active' },
        { what: 'imported', by: 'import', from: 'Membarr', memberId: alma, endsAt },
      ],
      owed: [],
    })
    expect(person.intent).toBeUndefined()
    expect(await on.ports.links.ofMember(guildId, id<MemberId>(alma))).toMatchObject({
      who: { accountId: '20000001', username: 'mira_q', email: 'mira@example.com' },
      linkedBy: 'import',
    })
    const pending = (await everybody(on)).find(({ seen }) => seen.is === 'pending')
    expect(pending).toMatchObject({ who: { email: 'newcomer@example.com' } })
    expect(pending?.memberId).toBeUndefined()
    expect(on.told).toEqual([])
  })

  test('sends plex.tv nothing but the two readings, made anew and whole', async () => {
    const on = await ground()
    await on.sharing.shares('active')
    await on.sharing.shares('pending')
    const before = on.plex.requests.length
    await takesOver(on, [mira(), jonas(), newcomer()])
    const sent = on.plex.requests.slice(before)
    expect(sent).toHaveLength(2)
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(on.plex.ledger).toEqual([])
  })

  test('what plex.tv cannot say changes nothing', async () => {
    const on = await ground()
    await on.plex.faults.down()
    const refused = await takeOver(on.ports, { guildId, rows: [mira()], from: 'Membarr', isPreview: false })
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'plexTrouble' })
    expect(await everybody(on)).toEqual([])
  })

  test('a preview says the same and writes nothing', async () => {
    const on = await ground()
    const rows = [
      mira({ endsAt: inDays(on, 30) }),
      jonas(),
      newcomer(),
      jonas({ at: 'row 4', memberId: 'bob' }),
    ]
    const before = await stored(on)
    const seen = fates(await takesOver(on, rows, { isPreview: true }))
    expect(await stored(on)).toBe(before)
    expect(fates(await takesOver(on, rows))).toEqual(seen)
    expect(await stored(on)).not.toBe(before)
  })

  test('a second time everything is so already, and nothing is written', async () => {
    const on = await ground()
    const rows = [mira({ endsAt: inDays(on, 30) }), jonas(), newcomer()]
    await takesOver(on, rows)
    const before = await stored(on)
    expect(fates(await takesOver(on, rows))).toEqual(['alreadySo', 'alreadySo', 'alreadySo'])
    expect(await stored(on)).toBe(before)
  })

  test('who is known already is linked only, or gets the end date only', async () => {
    const on = await ground()
    await takesOver(on, [unlinked(mira()), unlinked(jonas())])
    const end = inDays(on, 9)
    expect(fates(await takesOver(on, [mira(), unlinked(jonas({ endsAt: end }))]))).toEqual([
      'link',
      'endDate',
    ])
    expect((await called(on, 'mira_q')).history.at(-1)).toMatchObject({ what: 'imported', memberId: alma })
    expect((await called(on, 'jonas.b')).endsAt).toEqual(end)
  })

  test('a link that is missing is made, where the person’s record names the member already', async () => {
    const on = await ground()
    await takesOver(on, [mira()])
    await on.ports.links.unlink(guildId, id<MemberId>(alma))
    expect(fates(await takesOver(on, [mira()]))).toEqual(['link'])
    expect(await on.ports.links.ofMember(guildId, id<MemberId>(alma))).toMatchObject({ memberId: alma })
  })

  test('who accepted or whose libraries changed since is the comparison’s affair and no news here', async () => {
    const on = await ground()
    await takesOver(on, [newcomer()])
    on.plex.accept('newcomer@example.com')
    expect(fates(await takesOver(on, [newcomer()]))).toEqual(['alreadySo'])
  })

  test('who is found by account id, by address or by user name, and never by a title', async () => {
    const on = await ground()
    const rows: PeerRow[] = [
      { at: 'row 1', who: { accountId: id<AccountId>('20000001') } },
      { at: 'row 2', who: { username: 'JONAS.B' } },
      { at: 'row 3', who: { username: 'Kiddo' } },
    ]
    expect(fates(await takesOver(on, rows))).toEqual(['adopt', 'adopt', 'noShare'])
  })
})

describe('what is left out', () => {
  test('a list with a row that cannot be told: whoever may be in it is not said to have nothing', async () => {
    const on = await ground()
    on.plex.faults.always(
      { method: 'GET', route: '/api/v2/shared_servers/owned/accepted' },
      { fault: 'rewritten', body: (text) => text.replace('"id":30000001,', '"id":null,') },
    )
    const rows = [mira(), jonas()]
    expect(fates(await takesOver(on, rows))).toEqual(['refused: maybeThere', 'adopt link'])
    expect((await everybody(on)).map(({ who }) => who.username)).toEqual(['jonas.b'])
  })

  test('nobody’s share, and the owner himself: neither a link nor a record is kept', async () => {
    const on = await ground()
    const rows = [
      mira({ who: { email: 'gone@example.com' } }),
      jonas({ who: { email: on.sharing.owner.email } }),
    ]
    expect(fates(await takesOver(on, rows))).toEqual(['noShare', 'owner'])
    expect(await everybody(on)).toEqual([])
    expect(await on.ports.links.ofMember(guildId, id<MemberId>(alma))).toBeUndefined()
    expect(await on.ports.links.ofEmail(guildId, 'gone@example.com')).toBeUndefined()
  })

  test('an end that is over: it would end the access at the next turn, which nobody asked for', async () => {
    const on = await ground()
    const endsAt = inDays(on, -1)
    const outcome = await takesOver(on, [mira({ endsAt })])
    expect(outcome.rows[0]?.fate).toMatchObject({
      is: 'takenOver',
      does: ['adopt', 'link'],
      end: { is: 'past', endsAt },
    })
    expect((await called(on, 'mira_q')).endsAt).toBeUndefined()
    expect((await takesOver(on, [mira({ endsAt })])).rows[0]?.fate).toMatchObject({
      is: 'alreadySo',
      end: { is: 'past' },
    })
  })

  test('an end where somebody gave another one in Usherr', async () => {
    const on = await ground()
    await on.rules.invite(dora, { id: 'i1', email: 'pat@example.net', libraries: 'Movies', duration: '10d' })
    on.plex.accept('pat@example.net')
    const pat: PeerRow = { at: 'row 1', who: { email: 'pat@example.net' }, endsAt: inDays(on, 100) }
    const here = (await everybody(on))[0]?.endsAt
    expect(here).toBeInstanceOf(Date)
    const [done] = (await takesOver(on, [pat])).rows
    expect(done?.fate).toMatchObject({ is: 'alreadySo', end: { is: 'otherHere', here } })
    expect((await everybody(on))[0]?.endsAt).toEqual(here)
  })

  test('an end that came with an earlier import is moved where the file has another one now', async () => {
    const on = await ground()
    await takesOver(on, [mira({ endsAt: inDays(on, 10) })])
    const later = inDays(on, 40)
    expect(fates(await takesOver(on, [mira({ endsAt: later })]))).toEqual(['endDate'])
    expect((await called(on, 'mira_q')).endsAt).toEqual(later)
  })

  test('the old end of somebody whose share had vanished does not end the one that is there now', async () => {
    const on = await ground()
    await takesOver(on, [mira({ endsAt: inDays(on, 1) })])
    const key = `${guildId}:${(await called(on, 'mira_q')).id}`
    on.clock.pass(2 * 24 * 60 * minutes)
    await on.ports.people.update(
      key,
      (person) => person && { ...person, seen: { is: 'gone', confirmedAt: on.clock.now() } },
    )
    expect(fates(await takesOver(on, [mira()]))).toEqual(['adopt'])
    expect((await called(on, 'mira_q')).endsAt).toBeUndefined()
  })
})

describe('what is refused, by name', () => {
  test('what is no Discord id', async () => {
    const on = await ground()
    for (const memberId of ['bob', 'bob#1234', '', '1234', '2000000000000000010000']) {
      expect(fates(await takesOver(on, [mira({ memberId })]))).toEqual(['refused: badMemberId'])
    }
    expect(await everybody(on)).toEqual([])
  })

  test('two rows for one member, whichever of them plex.tv knows', async () => {
    const on = await ground()
    const rows = [mira(), jonas({ memberId: alma }), newcomer()]
    const outcome = await takesOver(on, rows)
    expect(fates(outcome)).toEqual(['refused: memberTwice', 'refused: memberTwice', 'adopt'])
    expect(outcome.rows[0]?.fate).toMatchObject({ because: { rows: ['row 1', 'row 2'] } })
    const withUnknown = [mira(), jonas({ memberId: alma, who: { email: 'gone@example.com' } })]
    expect(fates(await takesOver(on, withUnknown))).toEqual(['refused: memberTwice', 'refused: memberTwice'])
  })

  test('one address for two members, however it is written', async () => {
    const on = await ground()
    const rows = [mira(), jonas({ who: { email: ' mira@EXAMPLE.com ' } })]
    const outcome = await takesOver(on, rows)
    expect(fates(outcome)).toEqual(['refused: accountTwice', 'refused: accountTwice'])
    expect(outcome.rows[1]?.fate).toMatchObject({ because: { rows: ['row 1', 'row 2'] } })
    expect(await everybody(on)).toEqual([])
  })

  test('one account by an address and by a user name, for two members or with two ends', async () => {
    const on = await ground()
    const byName = jonas({ who: { username: 'mira_q' } })
    expect(fates(await takesOver(on, [mira(), byName]))).toEqual([
      'refused: accountTwice',
      'refused: accountTwice',
    ])
    const twoEnds = [mira({ endsAt: inDays(on, 1) }), mira({ at: 'row 2', endsAt: inDays(on, 2) })]
    expect(fates(await takesOver(on, twoEnds))).toEqual(['refused: accountTwice', 'refused: accountTwice'])
    expect(await everybody(on)).toEqual([])
  })

  test('two rows that say the same are one', async () => {
    const on = await ground()
    const outcome = await takesOver(on, [mira(), mira({ at: 'row 2' })])
    expect(outcome.rows.map(({ fate }) => fate)).toMatchObject([
      { is: 'takenOver' },
      { is: 'alreadySo', sameAs: 'row 1' },
    ])
    expect(await everybody(on)).toHaveLength(1)
  })

  test('an address that several people at plex.tv fit', async () => {
    const on = await ground({ world: twins })
    const outcome = await takesOver(on, [mira({ who: { email: 'twin@example.com' } })])
    expect(fates(outcome)).toEqual(['refused: ambiguous'])
    expect(JSON.stringify(outcome.rows[0]?.fate)).toContain('twin_one')
    expect(await everybody(on)).toEqual([])
  })

  test('an account that is another member’s in Usherr, by the record or by the link alone', async () => {
    const on = await ground()
    await takesOver(on, [mira()])
    const outcome = await takesOver(on, [mira({ memberId: boris })])
    expect(outcome.rows[0]?.fate).toEqual({
      is: 'refused',
      because: { reason: 'otherMember', memberId: alma },
    })
    await on.ports.links.unlink(guildId, id<MemberId>(alma))
    expect(fates(await takesOver(on, [mira({ memberId: boris })]))).toEqual(['refused: otherMember'])
    await on.ports.links.link({
      guildId,
      memberId: id<MemberId>(alma),
      who: { email: 'jonas.brandt@example.com' },
      linkedAt: on.clock.now(),
      linkedBy: dora.memberId,
    })
    for (const isPreview of [true, false]) {
      const [held] = (await takesOver(on, [jonas()], { isPreview })).rows
      expect(held?.fate).toMatchObject({ because: { reason: 'otherMember', memberId: alma } })
    }
  })

  test('a member who has another account in Usherr', async () => {
    const on = await ground()
    await takesOver(on, [mira()])
    const outcome = await takesOver(on, [jonas({ memberId: alma })])
    expect(outcome.rows[0]?.fate).toMatchObject({
      is: 'refused',
      because: { reason: 'memberHasOther', who: { username: 'mira_q' } },
    })
    expect(await everybody(on)).toHaveLength(1)
  })

  test('somebody about whom a decision is on its way', async () => {
    const on = await ground()
    await takesOver(on, [unlinked(mira())])
    const key = `${guildId}:${(await called(on, 'mira_q')).id}`
    await on.ports.people.update(
      key,
      (person) =>
        person && {
          ...person,
          intent: {
            id: 'i1',
            want: { to: 'end', mode: 'remove' },
            by: dora.memberId,
            decidedAt: on.clock.now(),
            progress: { is: 'decided', attempts: 0, tries: 0 },
          },
        },
    )
    const before = await stored(on)
    expect(fates(await takesOver(on, [mira()]))).toEqual(['refused: underWay'])
    expect(await stored(on)).toBe(before)
  })
})

const twins: PlexDifferences = {
  accounts: [
    ...plexWorld().accounts,
    anAccount({ id: 20000071, uuid: '7171aaaa7171aaaa', username: 'twin_one', email: 'twin@example.com' }),
    anAccount({ id: 20000072, uuid: '7272aaaa7272aaaa', username: 'twin_two', email: 'Twin@example.com' }),
  ],
  shares: [
    ...plexWorld().shares,
    aShare({ id: 30000071, invitedId: 20000071, libraryIds: [910000001] }),
    aShare({ id: 30000072, invitedId: 20000072, libraryIds: [910000001] }),
  ],
}

describe('an import that is stopped', () => {
  const rows = (on: Ground) => [mira({ endsAt: inDays(on, 30) }), jonas(), newcomer()]
  /** Everything that counts of what is stored: times and ids of runs differ. */
  const result = async (on: Ground) =>
    (await everybody(on))
      .map(({ who, memberId, endsAt, seen, history }) => ({
        who,
        memberId,
        endsAt,
        shareId: 'shareId' in seen && seen.shareId,
        history: history.map(({ what }) => what),
      }))
      .sort((a, b) => JSON.stringify(a.who).localeCompare(JSON.stringify(b.who)))

  test('at any write is run again and ends as if it had never been stopped', async () => {
    const whole = await ground()
    await takesOver(whole, rows(whole))
    const expected = JSON.stringify(await result(whole)).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, '(a time)')
    // Three documents and two links.
    for (let at = 0; at < 5; at++) {
      const on = await ground()
      const list = rows(on)
      let writes = 0
      const dies = <T>(work: () => Promise<T>): Promise<T> => {
        if (writes++ === at) throw new Error('the process died')
        return work()
      }
      const mortal = {
        ...on.ports,
        people: {
          ...on.ports.people,
          update: (...of: Parameters<Ground['ports']['people']['update']>) =>
            dies(() => on.ports.people.update(...of)),
        },
        links: {
          ...on.ports.links,
          link: (...of: Parameters<Ground['ports']['links']['link']>) =>
            dies(() => on.ports.links.link(...of)),
        },
      }
      const stopped = takeOver(mortal, { guildId, rows: list, from: 'Membarr', isPreview: false })
      await expect(stopped).rejects.toThrow('the process died')
      expect(fates(await takesOver(on, list))).not.toContain('refused: otherMember')
      expect(JSON.stringify(await result(on)).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, '(a time)')).toBe(
        expected,
      )
      expect(fates(await takesOver(on, list))).toEqual(['alreadySo', 'alreadySo', 'alreadySo'])
    }
  }, 60_000)

  test('two at the same time take everybody over once', async () => {
    const file = await temporaryFile()
    const one = await ground({ file })
    const two = await ground({ file, plex: one.plex })
    const list = rows(one)
    await Promise.all([takesOver(one, list), takesOver(two, list)])
    const people = await result(one)
    expect(people).toHaveLength(3)
    expect(people.map(({ history }) => history)).toEqual(people.map(() => ['adopted', 'imported']))
    expect(fates(await takesOver(two, list))).toEqual(['alreadySo', 'alreadySo', 'alreadySo'])
  })

  test('what the bot decides between looking and writing is not undone', async () => {
    const on = await ground()
    await takesOver(on, [unlinked(mira())])
    const { find } = on.ports.people
    on.ports.people.find = async (...of) => {
      const found = await find(...of)
      await on.ports.people.update(
        `${guildId}:${found?.id}`,
        (person) => person && { ...person, memberId: id<MemberId>(boris) },
      )
      return found
    }
    expect(fates(await takesOver(on, [mira()]))).toEqual(['refused: otherMember'])
    expect((await called(on, 'mira_q')).memberId).toBe(boris)
  })
})

test('what a row does stands in the order in which it is done', async () => {
  const on = await ground()
  const [first] = (await takesOver(on, [mira({ endsAt: inDays(on, 2) })])).rows
  const order: readonly TakenOver[] = ['adopt', 'link', 'endDate']
  expect(first?.fate).toMatchObject({ does: order })
})

import { describe, expect, test } from 'vitest'
import { type AccountId, id, type LibraryId, type ShareId } from '../../src/lib/ids.ts'
import type { LogFields } from '../../src/lib/log.ts'
import { createLibrarySharing } from '../../src/plex/library-sharing.ts'
import { findPerson } from '../../src/sharing/find-person.ts'
import { allLibraries } from '../../src/sharing/library-access.ts'
import type { Share } from '../../src/sharing/ports.ts'
import { fakeClock } from './support/fake-clock.ts'
import { harbor } from './support/fixtures.ts'
import {
  accepted,
  connection,
  creation,
  harborToday,
  oneShare,
  ordinary,
  pending,
  problemIn,
  some,
  v1Shares,
  valueIn,
} from './support/sharing.ts'
import { type Reply, serve, standIn } from './support/stand-in.ts'

const account = (digits: string) => id<AccountId>(digits)
const shareId = (digits: string) => id<ShareId>(digits)
const gone: Reply = { status: 410 }
const libraries = `GET /api/v2/servers/${harbor}`
const json = (value: unknown, status = 200): Reply => ({ status, body: JSON.stringify(value) })
const lateJoiner = { to: { accountId: account('20000030') }, access: some('1', '2') }
const miraActive: Pick<Share, 'id' | 'status' | 'who'> = {
  id: shareId('30000001'),
  status: 'active',
  who: { accountId: account('20000001') },
}

describe('connecting', () => {
  test('looks up the account and the server in two requests', async () => {
    const { sharing, plex } = await harborToday()
    expect(sharing).toMatchObject({
      serverId: harbor,
      serverName: 'Harbor',
      owner: { accountId: '10000001', username: 'harbor_admin', email: 'owner@harbor.example' },
    })
    expect(plex.asked().sort()).toEqual(['GET /api/v2/resources', 'GET /api/v2/user'])
  })

  test.each([
    ['harbor', 'Harbor'],
    [` ${harbor.toUpperCase()} `, 'Harbor'],
    ['', 'Harbor'],
  ])('takes "%s" for %s', async (server, name) => {
    const { sharing } = await harborToday({}, { server })
    expect(sharing.serverName).toBe(name)
  })

  const connect = async (server: string | undefined, routes: Record<string, Reply> = {}) => {
    const plex = await standIn({ ...ordinary, ...routes })
    return problemIn(await createLibrarySharing({ ...connection(plex.url), server, clock: fakeClock() }))
  }
  const twoServers = { 'GET /api/v2/resources': gone, 'GET /api/servers': serve('servers/list-200.xml') }

  test('names the owned servers where there is none of that name', async () => {
    expect(await connect('Harbour', twoServers)).toEqual({
      kind: 'serverUnknown',
      owned: ['Harbor', 'Lighthouse'],
    })
  })

  test('does not choose between two', async () => {
    expect(await connect(undefined, twoServers)).toEqual({
      kind: 'serverUnknown',
      owned: ['Harbor', 'Lighthouse'],
    })
  })

  test("refuses somebody else's server", async () => {
    expect(await connect('Cabin')).toEqual({ kind: 'serverNotOwned', owned: ['Harbor'] })
  })

  test('refuses a name that two owned servers have', async () => {
    const device = (clientIdentifier: string) => ({
      name: 'Home',
      clientIdentifier,
      provides: 'server',
      owned: true,
    })
    expect(
      await connect('home', { 'GET /api/v2/resources': json([device('aa'), device('bb')]) }),
    ).toMatchObject({
      kind: 'serverAmbiguous',
      choices: [{ id: 'aa' }, { id: 'bb' }],
    })
  })

  test('says what is the matter with plex.tv, and can be tried again', async () => {
    const plex = await standIn({
      ...ordinary,
      'GET /api/v2/user': [serve('errors/1001-401.xml'), serve('user/v2-user-200.json')],
    })
    const again = () => createLibrarySharing({ ...connection(plex.url), clock: fakeClock() })
    expect(problemIn(await again())).toEqual({
      kind: 'trouble',
      trouble: {
        kind: 'unauthorised',
        mayHaveHappened: false,
        code: '1001',
        message: 'User could not be authenticated',
      },
    })
    valueIn(await again()).close()
  })
})

describe('reading', () => {
  test('C20: a hundred people are one request, and it is kept for a minute', async () => {
    const { sharing, asked, clock } = await harborToday({
      [accepted]: gone,
      [`GET ${v1Shares}`]: serve('shared_servers-v1/hundred-200.xml'),
    })
    const first = valueIn(await sharing.shares('active'))
    expect(first.value).toHaveLength(100)
    expect(first.value.filter(({ access }) => access?.kind === 'all')).toHaveLength(10)
    expect(first.readAt).toEqual(clock.now())

    clock.pass(59_000)
    expect(valueIn(await sharing.shares('active'))).toEqual(first)
    expect(asked()).toEqual([accepted, `GET ${v1Shares}`])

    clock.pass(1_000)
    await sharing.shares('active')
    // C15: the form that is retired is not asked again.
    expect(asked()).toEqual([accepted, `GET ${v1Shares}`, `GET ${v1Shares}`])
  })

  test('twenty who ask at the same time share one request, fresh or not', async () => {
    const { sharing, asked } = await harborToday()
    await Promise.all(
      Array.from({ length: 20 }, (_, number) => sharing.shares('active', { fresh: number % 2 === 0 })),
    )
    expect(asked()).toEqual([accepted])
  })

  test('fresh asks whatever is kept', async () => {
    const { sharing, asked } = await harborToday()
    await sharing.shares('pending')
    await sharing.shares('pending', { fresh: true })
    expect(asked()).toEqual([pending, pending])
  })

  test('what was read last is there without a request, also while plex.tv is down', async () => {
    const { sharing, clock } = await harborToday({
      [accepted]: [serve('shared_servers-v2/owned-accepted-200.json'), { status: 500 }],
    })
    expect(sharing.lastRead()).toEqual({
      libraries: undefined,
      pending: undefined,
      active: undefined,
      untold: 0,
      home: undefined,
    })
    await sharing.shares('active')
    clock.pass(3_600_000)
    expect(problemIn(await sharing.shares('active'))).toMatchObject({ kind: 'serverError', code: '500' })
    expect(sharing.lastRead().active).toHaveLength(3)
  })

  test('only this server counts, and nobody who left', async () => {
    const { sharing } = await harborToday({
      [accepted]: serve('shared_servers-v2/left-and-deleted-200.json'),
    })
    expect(valueIn(await sharing.shares('active')).value.map((share) => share.id)).toEqual(['30000030'])
  })

  test('C30: who is invited is found, with the date where plex.tv gives it', async () => {
    const today = await harborToday()
    const found = findPerson(
      { email: 'newcomer@EXAMPLE.com' },
      valueIn(await today.sharing.shares('pending')).value,
    )
    expect(found).toMatchObject({ kind: 'found', value: { id: '30000022', status: 'pending' } })

    const older = await harborToday({
      [pending]: gone,
      [`GET ${v1Shares}`]: serve('shared_servers-v1/pending-in-list-200.xml'),
    })
    const shares = valueIn(await older.sharing.shares('pending')).value
    expect(findPerson({ email: 'newcomer@EXAMPLE.com' }, shares)).toMatchObject({
      kind: 'found',
      value: { invitedAt: new Date(1700000500_000) },
    })
  })

  test('C26: rows that cannot be told apart are left out, and that is written down', async () => {
    const warnings: LogFields[] = []
    const log = {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (fields: LogFields) => warnings.push(fields),
    }
    const listed = (file: string) => ({ [accepted]: gone, [pending]: gone, [`GET ${v1Shares}`]: serve(file) })

    const first = await harborToday(listed('shared_servers-v1/missing-attributes-200.xml'), { log })
    expect(valueIn(await first.sharing.shares('pending')).value.map((share) => share.id)).toEqual([
      '30000005',
    ])
    const second = await harborToday(listed('shared_servers-v1/duplicate-share-id-200.xml'), { log })
    expect(valueIn(await second.sharing.shares('active')).value).toEqual([])
    expect(warnings).toMatchObject([
      { withoutId: 1, sharedIds: 0 },
      { withoutId: 0, sharedIds: 1 },
    ])
  })

  test('a share of no library has no access that could be named, and is a share all the same', async () => {
    const { sharing } = await harborToday({
      [accepted]: gone,
      [`GET ${v1Shares}`]: serve('shared_servers-v1/zero-libraries-200.xml'),
    })
    expect(valueIn(await sharing.shares('active')).value).toMatchObject([
      { id: '30000011', access: undefined },
    ])
  })

  test('the home is read, and is nobody where there is none', async () => {
    const { sharing } = await harborToday()
    expect(valueIn(await sharing.home()).value).toMatchObject([
      { accountId: '10000001', admin: true, managed: false, hasPin: true },
      {
        accountId: '20000003',
        title: 'Kiddo',
        managed: true,
        restrictionProfile: 'little_kid',
        hasPin: false,
      },
      { accountId: '20000004', username: 'pat-h', managed: false },
    ])
    const homeless = await harborToday({
      'GET /api/v2/home/users': serve('home/v2-home-404.json'),
      'GET /api/home/users': serve('home/v2-home-404.json'),
    })
    expect(valueIn(await homeless.sharing.home()).value).toEqual([])
  })

  test.each(['servers/one-no-sections-200.xml', 'servers/v2-one-transient-empty-200.json'])(
    'C35: %s is a trouble, and what was known stays known',
    async (file) => {
      const { sharing, clock } = await harborToday({
        [libraries]: [serve('servers/v2-one-200.json'), file.endsWith('json') ? serve(file) : gone],
        [`GET /api/servers/${harbor}`]: serve(file),
      })
      expect(valueIn(await sharing.libraries()).value).toHaveLength(4)
      expect(problemIn(await sharing.libraries({ fresh: true }))).toMatchObject({ kind: 'unexpected' })
      expect(sharing.lastRead().libraries).toHaveLength(4)
      clock.pass(60_000)
      expect(problemIn(await sharing.libraries())).toMatchObject({ kind: 'unexpected' })
    },
  )

  test.each([
    'hostile/cloudflare-403-challenge.html',
    'hostile/cloudflare-502.html',
    'hostile/cloudflare-200.html',
    'hostile/maintenance-503.txt',
  ])('C14: %s is neither a lost permission nor an empty list', async (file) => {
    const { sharing } = await harborToday({ [accepted]: serve(file) })
    expect(['serverError', 'unexpected']).toContain(problemIn(await sharing.shares('active')).kind)
  })

  test('a 404 is answered by the older form, and then the newer one is not asked again', async () => {
    const { sharing, asked } = await harborToday({
      [libraries]: serve('errors/1002-404.xml'),
      [`GET /api/servers/${harbor}`]: serve('servers/one-200.xml'),
    })
    await sharing.libraries()
    await sharing.libraries({ fresh: true })
    expect(asked()).toEqual([libraries, `GET /api/servers/${harbor}`, `GET /api/servers/${harbor}`])
  })

  test('a 404 of every form leaves every form in use', async () => {
    const missing = serve('errors/1002-404.xml')
    const { sharing, asked } = await harborToday({
      [libraries]: missing,
      [`GET /api/servers/${harbor}`]: missing,
    })
    expect(problemIn(await sharing.libraries())).toMatchObject({ kind: 'notFound' })
    await sharing.libraries()
    expect(asked()).toHaveLength(4)
  })
})

describe('sharing', () => {
  test('C36: is one request with the ids of the libraries', async () => {
    const { sharing, asked, plex } = await harborToday()
    const answer = valueIn(await sharing.share(lateJoiner))
    expect(answer).toMatchObject({
      kind: 'shared',
      share: { id: '30000023', status: 'pending', access: some('1', '2') },
    })
    expect(asked()).toEqual([creation])
    expect(JSON.parse(plex.received.at(-1)?.body ?? '')).toEqual({
      machineIdentifier: harbor,
      invitedId: 20000030,
      librarySectionIds: [910000001, 910000002],
      settings: {},
    })
  })

  test('asks for downloads where they are wished, and for the address or the name', async () => {
    const { sharing, plex } = await harborToday({
      [creation]: serve('shared_servers-v2/create-201-unregistered.json'),
    })
    await sharing.share({ to: { email: 'newcomer@example.com' }, access: some('1'), downloads: false })
    await sharing.share({ to: { username: 'late.joiner' }, access: some('1'), downloads: true })
    expect(plex.received.slice(-2).map(({ body }) => JSON.parse(body))).toMatchObject([
      { invitedEmail: 'newcomer@example.com', settings: { allowSync: false } },
      { invitedEmail: 'late.joiner', settings: { allowSync: true } },
    ])
  })

  test('the new share stands in the list that is kept, without another request', async () => {
    const { sharing, asked } = await harborToday()
    await sharing.shares('pending')
    await sharing.share({ ...lateJoiner, to: { username: 'late.joiner' } })
    const shares = valueIn(await sharing.shares('pending')).value
    expect(shares.map((share) => share.id)).toEqual(['30000021', '30000022', '30000023'])
    expect(asked()).toEqual([pending, creation])
  })

  test('only "all" is sent as an empty list, and the answer must say "all"', async () => {
    const { sharing, plex } = await harborToday({
      [creation]: serve('shared_servers-v2/create-201-all-libraries.json'),
    })
    const answer = valueIn(
      await sharing.share({ to: { accountId: account('20000001') }, access: allLibraries }),
    )
    expect(answer).toMatchObject({ kind: 'shared', share: { status: 'active', access: { kind: 'all' } } })
    expect(JSON.parse(plex.received.at(-1)?.body ?? '')).toMatchObject({ librarySectionIds: [] })
  })

  test('in the older form it speaks of the same things in other words', async () => {
    const { sharing, plex, asked } = await harborToday({
      [creation]: serve('errors/1002-404.xml'),
      [`POST ${v1Shares}`]: serve('shared_servers-v1/post-existing-account-200.xml'),
    })
    const answer = valueIn(await sharing.share({ ...lateJoiner, access: allLibraries, downloads: true }))
    // v1 lists today's libraries and not whether later ones are meant.
    expect(answer).toMatchObject({ kind: 'shared', share: { id: '30000021', access: undefined } })
    expect(asked()).toEqual([creation, `POST ${v1Shares}`])
    expect(JSON.parse(plex.received.at(-1)?.body ?? '')).toEqual({
      server_id: harbor,
      shared_server: { library_section_ids: [], invited_id: 20000030 },
      sharing_settings: { allowSync: '1' },
    })
  })

  test('an answer without the share is a success that must be looked at', async () => {
    const { sharing, asked } = await harborToday({
      [creation]: gone,
      [`POST ${v1Shares}`]: serve('shared_servers-v1/post-response-only-200.xml'),
    })
    await sharing.shares('pending')
    expect(valueIn(await sharing.share(lateJoiner))).toEqual({ kind: 'shared' })
    await sharing.shares('pending')
    expect(asked().filter((request) => request === pending)).toHaveLength(2)
  })

  test.each([
    'shared_servers-v2/create-422-1999.json',
    'shared_servers-v2/create-422-1999.xml',
    'shared_servers-v1/post-400-already-sharing.xml',
    'shared_servers-v1/post-400-already-sharing-escaped.xml',
  ])(
    'C38: %s says that there is a share: nothing is sent again, and the lists are read anew',
    async (file) => {
      const { sharing, asked } = await harborToday({ [creation]: serve(file) })
      await sharing.shares('pending')
      expect(valueIn(await sharing.share(lateJoiner))).toEqual({ kind: 'alreadySharing' })
      const shares = valueIn(await sharing.shares('pending')).value
      expect(findPerson({ username: 'late.joiner' }, shares)).toMatchObject({
        kind: 'found',
        value: { id: '30000021' },
      })
      expect(asked()).toEqual([pending, creation, pending])
    },
  )

  test('nobody of that name is an answer', async () => {
    const { sharing } = await harborToday({
      [creation]: serve('shared_servers-v1/post-400-invalid-recipient.xml'),
    })
    expect(valueIn(await sharing.share(lateJoiner))).toEqual({ kind: 'noSuchAccount' })
  })

  test('C39: a share with somebody else is taken back and reported', async () => {
    const { sharing, asked } = await harborToday({
      [creation]: serve('shared_servers-v2/create-201-wrong-person.json'),
      [oneShare('DELETE', '30000026')]: { status: 204 },
    })
    expect(problemIn(await sharing.share(lateJoiner))).toEqual({
      kind: 'rejected',
      code: 'wrongPerson',
      mayHaveHappened: false,
      message: 'plex.tv took another account than was meant; the share is taken back',
    })
    expect(asked()).toEqual([creation, oneShare('DELETE', '30000026')])
  })

  test('C39: and where it cannot be taken back, that is said', async () => {
    const { sharing } = await harborToday({
      [creation]: serve('shared_servers-v2/create-201-wrong-person.json'),
      [oneShare('DELETE', '30000026')]: { status: 500 },
    })
    const { code, message } = problemIn(await sharing.share(lateJoiner))
    expect(code).toBe('wrongPerson')
    expect(message).toContain('share 30000026 could not be taken back')
  })

  test('an unclear outcome says so, and the lists are read anew', async () => {
    const { sharing, asked } = await harborToday({ [creation]: { status: 502 } })
    await sharing.shares('active')
    expect(problemIn(await sharing.share(lateJoiner))).toMatchObject({
      kind: 'serverError',
      mayHaveHappened: true,
    })
    await sharing.shares('active')
    expect(asked()).toEqual([accepted, creation, accepted])
  })

  test('a reading that was under way meanwhile is not kept', async () => {
    const held: ((file: string) => void)[] = []
    const slow: Reply = { by: (response) => void held.push((file) => response.end(serve(file).body)) }
    const { sharing, asked } = await harborToday({
      [pending]: [slow, serve('shared_servers-v2/owned-pending-200.json')],
    })
    const before = sharing.shares('pending')
    await expect.poll(() => held.length).toBe(1)
    await sharing.share(lateJoiner)
    held[0]?.('shared_servers-v2/owned-accepted-empty-200.json')
    expect(valueIn(await before).value).toEqual([])
    expect(valueIn(await sharing.shares('pending')).value).toHaveLength(2)
    expect(asked()).toEqual([pending, creation, pending])
  })
})

describe('changing', () => {
  const changed = (ids: number[]) => ({
    id: 30000001,
    machineIdentifier: harbor,
    invitedId: 20000001,
    accepted: true,
    libraries: ids.map((library) => ({ id: library, key: 1, title: '', type: '' })),
    allLibraries: false,
  })
  const mira = async (today: Awaited<ReturnType<typeof harborToday>>): Promise<Share> => {
    const found = findPerson({ username: 'mira_q' }, valueIn(await today.sharing.shares('active')).value)
    if (found.kind !== 'found') throw new Error('mira is not there')
    return found.value
  }

  test('C41: sends exactly the libraries that shall be, and the settings as they were read', async () => {
    const today = await harborToday({
      [oneShare('POST', '30000001')]: json(changed([910000001, 910000002, 910000003])),
    })
    const share = await mira(today)
    const answer = valueIn(await today.sharing.changeLibraries(share, some('1', '2', '3')))
    expect(answer).toEqual({ ...share, access: some('1', '2', '3') })
    expect(JSON.parse(today.plex.received.at(-1)?.body ?? '')).toEqual({
      librarySectionIds: [910000001, 910000002, 910000003],
      settings: share.settings,
    })
    // The list knows it without another request.
    expect((await mira(today)).access).toEqual(some('1', '2', '3'))
    expect(today.asked()).toEqual([accepted, oneShare('POST', '30000001')])
  })

  test('C41: shows what plex.tv made of it where that is something else', async () => {
    const today = await harborToday({ [oneShare('POST', '30000001')]: json(changed([910000001])) })
    const answer = valueIn(await today.sharing.changeLibraries(await mira(today), some('1', '2', '3')))
    expect(answer?.access).toEqual(some('1'))
  })

  test('an answer that shows nothing is a success that must be looked at', async () => {
    const today = await harborToday({
      [oneShare('POST', '30000001')]: gone,
      [`PUT ${v1Shares}/30000001`]: serve('shared_servers-v1/put-200-empty.txt'),
    })
    expect(valueIn(await today.sharing.changeLibraries(await mira(today), some('3')))).toBeUndefined()
    await today.sharing.shares('active')
    expect(today.asked()).toEqual([
      accepted,
      oneShare('POST', '30000001'),
      `PUT ${v1Shares}/30000001`,
      accepted,
    ])
    expect(JSON.parse(today.plex.received.at(-2)?.body ?? '')).toEqual({
      server_id: harbor,
      shared_server: { library_section_ids: [910000003] },
    })
  })

  test('filters go back as they came, percent signs and all', async () => {
    const today = await harborToday({
      [accepted]: gone,
      [`GET ${v1Shares}`]: serve('shared_servers-v1/filters-200.xml'),
      [oneShare('POST', '30000019')]: { status: 204 },
    })
    const [share] = valueIn(await today.sharing.shares('active')).value
    if (!share) throw new Error('nobody is there')
    await today.sharing.changeLibraries(share, some('2'))
    expect(JSON.parse(today.plex.received.at(-1)?.body ?? '').settings).toMatchObject({
      allowSync: false,
      filterMovies: 'contentRating=G%2CPG|label=BAFTA%2C1001%20Movies&contentRating!=Approved',
      filterMusic: 'label=Kid+Safe',
    })
  })

  test('C34: nothing that could be read as "none" or "all" is sent', async () => {
    const today = await harborToday()
    const share = await mira(today)
    expect(problemIn(await today.sharing.changeLibraries(share, allLibraries))).toMatchObject({
      kind: 'rejected',
      code: 'allNeedsNewShare',
    })
    const all = { ...share, access: allLibraries }
    expect(valueIn(await today.sharing.changeLibraries(all, allLibraries))).toEqual(all)
    expect(today.asked()).toEqual([accepted])
  })

  test('C43: a pending share is not changed', async () => {
    const today = await harborToday()
    const share: Share = { ...(await mira(today)), status: 'pending' }
    expect(problemIn(await today.sharing.changeLibraries(share, some('1')))).toMatchObject({
      code: 'stillPending',
    })
    expect(today.asked()).toEqual([accepted])
  })

  test('an id that is no number goes as it is written', async () => {
    const today = await harborToday({ [oneShare('POST', '30000001')]: { status: 204 } })
    const big = {
      kind: 'some',
      libraries: [id<LibraryId>('9007199254740993'), id<LibraryId>('007')],
    } as const
    await today.sharing.changeLibraries(await mira(today), big)
    expect(JSON.parse(today.plex.received.at(-1)?.body ?? '').librarySectionIds).toEqual([
      '9007199254740993',
      '007',
    ])
  })
})

describe('ending', () => {
  test('C46: ends the one share of this server, and nothing else', async () => {
    const { sharing, asked } = await harborToday({ [oneShare('DELETE', '30000001')]: { status: 204 } })
    await sharing.shares('active')
    valueIn(await sharing.end(miraActive))
    const left = valueIn(await sharing.shares('active')).value
    expect(left.map((share) => share.id)).toEqual(['30000002', '30000003'])
    expect(asked()).toEqual([accepted, oneShare('DELETE', '30000001')])
  })

  test('C45: a share that is not there is a trouble, and the lists are read anew', async () => {
    const { sharing, asked } = await harborToday({
      [oneShare('DELETE', '30000001')]: serve('shared_servers-v1/delete-404.xml'),
      [`DELETE ${v1Shares}/30000001`]: serve('shared_servers-v1/delete-404.xml'),
    })
    await sharing.shares('active')
    expect(problemIn(await sharing.end(miraActive))).toMatchObject({
      kind: 'notFound',
      mayHaveHappened: false,
    })
    await sharing.shares('active')
    expect(asked()).toEqual([
      accepted,
      oneShare('DELETE', '30000001'),
      `DELETE ${v1Shares}/30000001`,
      accepted,
    ])
  })

  const notThere = { status: 404, body: '<errors><error>Not found</error></errors>' }
  const withdrawal = (address: string) => ({
    share: { id: shareId('30000022'), status: 'pending' as const, who: { email: address } },
    routes: {
      [oneShare('DELETE', '30000022')]: notThere,
      [`DELETE ${v1Shares}/30000022`]: notThere,
    },
  })

  test('a pending share without a row is withdrawn as the list of invitations names it', async () => {
    const { share, routes } = withdrawal('NEW+plex/cam@example.com')
    const path = '/api/invites/requested/new%2Bplex%2Fcam%40example.com'
    const { sharing, plex } = await harborToday({
      ...routes,
      'GET /api/invites/requested': serve('invites/requested-plus-address-200.xml'),
      [`DELETE ${path}`]: serve('invites/cancel-200.xml'),
    })
    valueIn(await sharing.end(share))
    expect(plex.received.at(-1)?.url).toBe(`${path}?friend=0&home=0&server=1`)
  })

  test.each([
    ['there is none of his', serve('invites/requested-200.xml')],
    ['that list is retired', serve('invites/requested-410.xml')],
  ])('and is not found where %s', async (_, list) => {
    const { share, routes } = withdrawal('nobody@example.com')
    const { sharing, asked } = await harborToday({ ...routes, 'GET /api/invites/requested': list })
    expect(problemIn(await sharing.end(share))).toMatchObject({ kind: 'notFound' })
    expect(asked().filter((request) => request.startsWith('DELETE'))).toHaveLength(2)
  })

  test('C50: without an id nothing is sent', async () => {
    const { sharing, asked } = await harborToday()
    expect(problemIn(await sharing.end({ ...miraActive, id: shareId('') }))).toMatchObject({
      code: 'malformedId',
    })
    expect(asked()).toEqual([])
  })

  test('a home user is removed from the list that is kept', async () => {
    const { sharing, asked } = await harborToday({ 'DELETE /api/v2/home/users/20000003': { status: 204 } })
    await sharing.home()
    valueIn(await sharing.removeFromHome(account('20000003')))
    expect(valueIn(await sharing.home()).value.map((user) => user.title)).not.toContain('Kiddo')
    expect(asked()).toEqual(['GET /api/v2/home/users', 'DELETE /api/v2/home/users/20000003'])
  })
})

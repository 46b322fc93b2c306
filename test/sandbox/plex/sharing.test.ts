import { describe, expect, test } from 'vitest'
import {
  anAccount,
  aShare,
  harborId,
  lighthouseId,
  noSettings,
  owner,
  plexWorld,
} from '../../../src/sandbox/plex/world.ts'
import { type Ask, attribute, countOf, pretend } from './asking.ts'

const shared = `/api/servers/${harborId}/shared_servers`
const v1Body = (to: object, ids: unknown[] = [910000001]) => ({
  body: { server_id: harborId, shared_server: { library_section_ids: ids, ...to }, sharing_settings: {} },
})
const v2Body = (to: object, librarySectionIds: unknown[] = [910000001]) => ({
  body: { machineIdentifier: harborId, librarySectionIds, ...to },
})
const accepted = async (ask: Ask) => (await ask('GET', '/api/v2/shared_servers/owned/accepted')).json
const pending = async (ask: Ask) => (await ask('GET', '/api/v2/shared_servers/owned/pending')).json

describe('an invitation', () => {
  test('to a known account waits until the person accepts, and keeps its id', async () => {
    const { plex, ask } = await pretend()
    const said = await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }))
    expect(said.json).toMatchObject({
      accepted: false,
      invitedId: 20000030,
      inviteToken: expect.stringContaining('FAKE'),
    })
    expect((await pending(ask)).map((row) => row.id)).toContain(said.json.id)

    plex.accept('late.joiner')
    const row = (await accepted(ask)).find((other) => other.id === said.json.id)
    expect(row).toMatchObject({ accepted: true, inviteToken: null, acceptedAt: '2026-11-21T10:00:00Z' })
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['share-created', 'accepted'])
  })

  test('to an address without an account has no user id; accepting it makes the account', async () => {
    const { plex, ask } = await pretend({ shares: [] })
    const said = await ask('POST', shared, v1Body({ invited_email: 'New.Person@Example.com' }))
    expect(attribute(said.text, 'SharedServer', 'userID')).toBe('')
    expect(attribute(said.text, 'SharedServer', 'acceptedAt')).toBe('0')
    expect(attribute(said.text, 'SharedServer', 'owned')).toBe('0')
    expect((await pending(ask))[0]).toMatchObject({
      invitedId: null,
      invited: null,
      invitedEmail: 'New.Person@Example.com',
    })

    const account = plex.accept('new.person@example.com')
    expect((await accepted(ask))[0]).toMatchObject({ invitedId: account.id, invitedEmail: null })
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['share-created', 'account-created', 'accepted'])
  })

  test('may be accepted with an account of another address', async () => {
    const { plex, ask } = await pretend()
    plex.accept('newcomer@example.com', { as: 'late.joiner' })
    const row = (await accepted(ask)).find((other) => other.id === 30000022)
    expect(row).toMatchObject({
      invitedId: 20000030,
      invitedEmail: null,
      invited: { email: 'late@example.com' },
    })
  })

  test('to somebody who is connected already is accepted at once, after his share was ended too', async () => {
    const { plex, ask } = await pretend()
    await ask('DELETE', `${shared}/30000001`)
    const said = await ask('POST', shared, v1Body({ invited_email: 'mira@example.com' }))
    expect(attribute(said.text, 'SharedServer', 'acceptedAt')).not.toBe('0')
    expect(plex.ledger.at(-1)).toMatchObject({ did: 'share-created', details: { status: 'active' } })
  })

  test('to somebody with whom everything was ended has to be accepted again', async () => {
    const { ask } = await pretend()
    await ask('DELETE', '/api/v2/sharings/20000001')
    const said = await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000001 }))
    expect(said.json.accepted).toBe(false)
  })

  test('to a managed user of the own Home is accepted at once', async () => {
    const { ask } = await pretend()
    expect((await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000003 }))).json).toMatchObject(
      {
        accepted: true,
        invited: { username: null, email: null, restricted: true },
      },
    )
  })

  test.each([
    ['an id', { invited_id: 20000030 }],
    ['an id in digits', { invited_id: '20000030' }],
    ['a user name in any case', { invited_email: 'LATE.joiner' }],
    ['an address in any case', { invited_email: 'Late@Example.com' }],
  ])('takes %s', async (_, to) => {
    const { plex, ask } = await pretend()
    await ask('POST', shared, v1Body(to, ['910000001', '910000002']))
    expect(plex.ledger).toMatchObject([
      { details: { invitedId: 20000030, libraryIds: [910000001, 910000002] } },
    ])
  })

  test('can be sent as a form', async () => {
    const { plex, ask } = await pretend()
    await ask('POST', shared, {
      form: [
        ['server_id', harborId],
        ['shared_server[library_section_ids][]', '910000001'],
        ['shared_server[library_section_ids][]', '910000004'],
        ['shared_server[invited_email]', 'late@example.com'],
        ['sharing_settings[allowSync]', '1'],
      ],
    })
    expect(plex.ledger).toMatchObject([
      { details: { invitedId: 20000030, libraryIds: [910000001, 910000004] } },
    ])
    expect(plex.world.shares.at(-1)?.settings.allowSync).toBe(true)
  })

  test('with an empty list means all libraries, those of tomorrow too', async () => {
    const { plex, ask } = await pretend()
    const said = await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }, []))
    expect(said.json).toMatchObject({ allLibraries: true, numLibraries: 4 })
    plex.change((world) => ({
      ...world,
      servers: world.servers.map((server) => ({
        ...server,
        libraries: [...server.libraries, { id: 910000099, key: 9, type: 'movie', title: 'Tomorrow' }],
      })),
    }))
    expect((await pending(ask)).find((row) => row.id === said.json.id)?.numLibraries).toBe(5)
  })

  test('of library keys instead of ids is not carried out', async () => {
    const { plex, ask } = await pretend()
    expect((await ask('POST', shared, v1Body({ invited_id: 20000030 }, [1]))).status).toBe(404)
    expect((await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }, [1]))).status).toBe(
      404,
    )
    expect(plex.ledger).toEqual([])
  })

  test('to a user name that nobody has is answered "not found"', async () => {
    const { ask } = await pretend()
    expect((await ask('POST', shared, v1Body({ invited_email: 'nobody_here' }))).text).toContain(
      'Unable to find user',
    )
    expect(
      await ask('POST', '/api/v2/shared_servers', v2Body({ invitedEmail: 'nobody_here' })),
    ).toMatchObject({
      status: 404,
      json: { errors: [{ message: 'Unable to find user' }] },
    })
  })

  test('without settings leaves downloads off; with them they stick', async () => {
    const { plex, ask } = await pretend()
    await ask('POST', '/api/v2/shared_servers', {
      body: {
        ...v2Body({ invitedId: 20000030 }).body,
        settings: { allowSync: true, filterMovies: 'label=Kid%20Safe' },
      },
    })
    expect(plex.world.shares.at(-1)?.settings).toEqual({
      ...noSettings,
      allowSync: true,
      filterMovies: 'label=Kid%20Safe',
    })
  })

  test('without friendship makes no friend when it is accepted', async () => {
    const { plex, ask } = await pretend({ shares: [], connections: [], homes: [] })
    await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030, skipFriendship: true }))
    plex.accept('late.joiner')
    expect(plex.world.connections).toEqual([{ ownerId: owner.id, accountId: 20000030, isFriend: false }])
  })

  test('is refused where the limit of people is reached, but for those who count already', async () => {
    const { plex, ask } = await pretend({ rules: { sharingLimit: 4 } })
    expect((await ask('POST', shared, v1Body({ invited_id: 20000030 }))).status).toBe(400)
    expect((await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }))).status).toBe(422)
    const toLighthouse = {
      body: { machineIdentifier: lighthouseId, librarySectionIds: [920000001], invitedId: 20000002 },
    }
    expect((await ask('POST', '/api/v2/shared_servers', toLighthouse)).status).toBe(201)
    expect(plex.count({ status: 422 })).toBe(1)
  })
})

describe('"already sharing"', () => {
  test.each([
    ['an active share', 'mira@example.com', 'mira_q'],
    ['a pending address, in another case', 'NewComer@Example.com', 'NewComer@Example.com'],
  ])('is said of %s, by v1 with the name and by v2 without a word', async (_, invited, name) => {
    const { plex, ask } = await pretend()
    const v1 = await ask('POST', shared, v1Body({ invited_email: invited }))
    expect([v1.status, v1.text]).toEqual([
      400,
      expect.stringContaining(`already sharing this server with ${name}.`),
    ])
    const v2 = await ask('POST', '/api/v2/shared_servers', v2Body({ invitedEmail: invited }))
    expect(v2).toMatchObject({ status: 422, json: { errors: [{ code: 1999, field: 'base', status: 400 }] } })
    expect(plex.ledger).toEqual([])
  })

  test.each([
    ['invitedEmail', owner.email],
    ['invitedEmail', owner.username],
    ['invitedId', owner.id],
  ])('is said to the owner who invites himself by %s %s', async (name, value) => {
    const { ask } = await pretend()
    expect((await ask('POST', '/api/v2/shared_servers', v2Body({ [name]: value }))).status).toBe(422)
  })

  test('is not said of another server', async () => {
    const { ask } = await pretend()
    const body = { machineIdentifier: lighthouseId, librarySectionIds: [920000001], invitedId: 20000002 }
    expect((await ask('POST', '/api/v2/shared_servers', { body })).status).toBe(201)
  })

  test('is not said by a lenient plex.tv, so that doubles can be seen', async () => {
    const { plex, ask } = await pretend({ rules: { secondShare: 'allowed' } })
    await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }))
    await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }))
    expect(plex.ledger.filter((entry) => entry.did === 'share-created')).toHaveLength(2)
  })
})

describe('a change of libraries', () => {
  test('by v1 replaces the whole list and touches no setting', async () => {
    const { plex, ask } = await pretend()
    const body = {
      server_id: harborId,
      shared_server: { library_section_ids: ['910000003'] },
      sharing_settings: { allowSync: '0' },
    }
    const said = await ask('PUT', `${shared}/30000001`, { body })
    expect(said.text.match(/shared="1"/gu)).toHaveLength(1)
    expect(plex.world.shares[0]).toMatchObject({ libraryIds: [910000003], settings: { allowSync: true } })
    expect(plex.ledger).toMatchObject([
      {
        did: 'libraries-changed',
        details: { shareId: 30000001, before: { libraryIds: [910000001, 910000002] } },
      },
    ])
  })

  test('by v2 leaves settings that are not sent, and replaces all by those that are', async () => {
    const filtered = { ...noSettings, allowSync: true, filterMovies: 'label=Kids' }
    const { plex, ask } = await pretend({
      shares: [aShare({ id: 30000001, invitedId: 20000001, settings: filtered })],
    })
    await ask('POST', '/api/v2/shared_servers/30000001', { body: { librarySectionIds: [910000004] } })
    expect(plex.world.shares[0]).toMatchObject({ libraryIds: [910000004], settings: filtered })

    await ask('POST', '/api/v2/shared_servers/30000001', { body: { settings: { allowSync: true } } })
    expect(plex.world.shares[0]).toMatchObject({
      libraryIds: [910000004],
      settings: { allowSync: true, filterMovies: '' },
    })
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['libraries-changed', 'settings-changed'])
  })

  test.each([
    ['all', true],
    ['none', false],
  ] as const)('to an empty list means %s, as the rule says', async (rule, all) => {
    const { plex, ask } = await pretend({ rules: { emptyListInChange: rule } })
    await ask('PUT', `${shared}/30000001`, { body: { shared_server: { library_section_ids: [] } } })
    expect(plex.world.shares[0]).toMatchObject({ allLibraries: all, libraryIds: [] })
  })

  test('of a pending share is not found, nor is one of a server of somebody else', async () => {
    const { plex, ask } = await pretend()
    const body = { shared_server: { library_section_ids: [910000001] }, librarySectionIds: [930000001] }
    expect((await ask('PUT', `${shared}/30000022`, { body })).status).toBe(404)
    expect((await ask('POST', '/api/v2/shared_servers/31000001', { body })).status).toBe(404)
    expect(plex.ledger).toEqual([])
  })

  test('of settings by the person: switches apply, filters no longer do', async () => {
    const { plex, ask } = await pretend()
    await ask('PUT', '/api/v2/sharings/20000002?allowSync=1&filterMovies=label%3DKids')
    expect(plex.world.shares[1]?.settings).toMatchObject({ allowSync: true, filterMovies: '' })
    await ask('POST', '/api/v2/sharing_settings', {
      body: { invitedEmail: 'jonas.b', settings: { filterMovies: 'label=Kids' } },
    })
    expect(plex.world.shares[1]?.settings).toMatchObject({ allowSync: true, filterMovies: 'label=Kids' })
  })
})

test('filters of a person apply by the older route where the rule says that they still do', async () => {
  const { plex, ask } = await pretend({ rules: { sharingsPutAppliesFilters: true } })
  await ask('PUT', '/api/v2/sharings/20000002?filterMovies=label%3DKids')
  expect(plex.world.shares[1]?.settings.filterMovies).toBe('label=Kids')
})

describe('the end of a share', () => {
  test('ends this one of this server, and the second time there is nothing', async () => {
    const { plex, ask } = await pretend()
    const statuses = [await ask('DELETE', `${shared}/30000001`), await ask('DELETE', `${shared}/30000001`)]
    expect(statuses.map((said) => said.status)).toEqual([204, 404])
    expect(plex.ledger).toMatchObject([{ did: 'share-deleted', details: { shareId: 30000001 } }])
    expect((await accepted(ask)).map((row) => row.id)).toEqual([30000002, 30000050])
  })

  test('under another server does not find it', async () => {
    const { plex, ask } = await pretend()
    expect((await ask('DELETE', `/api/servers/${lighthouseId}/shared_servers/30000001`)).status).toBe(404)
    expect(plex.ledger).toEqual([])
  })

  test('by v2 withdraws what is pending', async () => {
    const { plex, ask } = await pretend()
    expect((await ask('DELETE', '/api/v2/shared_servers/30000022')).status).toBe(204)
    expect(plex.ledger).toMatchObject([{ did: 'invite-withdrawn' }])
    expect(await pending(ask)).toEqual([])
  })

  test('by the user id ends everything on all servers, and the friendship', async () => {
    const { plex, ask } = await pretend()
    expect((await ask('DELETE', '/api/v2/sharings/20000001')).status).toBe(204)
    expect(plex.ledger.map((entry) => entry.did)).toEqual([
      'share-deleted',
      'share-deleted',
      'friend-removed',
    ])
    expect((await ask('GET', '/api/users')).text).not.toContain('mira_q')
  })

  test('keeps the friend in the list of users, without a server', async () => {
    const { ask } = await pretend()
    await ask('DELETE', `${shared}/30000002`)
    expect((await ask('GET', '/api/users')).text).toMatch(/username="jonas\.b"[^>]*\/>/u)
  })

  test('by the other side stays in the v2 list with the instant, and leaves the v1 list', async () => {
    const { plex, ask } = await pretend()
    expect(plex.leave('jonas.b')).toBe(1)
    expect((await accepted(ask))[1]).toMatchObject({ id: 30000002, leftAt: '2026-11-21T10:00:00Z' })
    expect((await ask('GET', shared)).text).not.toContain('jonas.b')
    const again = await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000002 }))
    expect(again.status).toBe(201)
  })

  test('is shown with its instant where the rule says so', async () => {
    const { ask } = await pretend({ rules: { v2ListsDeletedShares: true } })
    await ask('DELETE', `${shared}/30000002`)
    expect((await accepted(ask))[1]).toMatchObject({ id: 30000002, deletedAt: '2026-11-21T10:00:00Z' })
    expect((await ask('DELETE', `${shared}/30000002`)).status).toBe(404)
  })

  test('is given back by the person with his own token', async () => {
    const { plex, ask } = await pretend()
    await ask('DELETE', '/api/v2/shared_servers/30000001', { token: 'FAKEmiraToken0000001' })
    expect(plex.ledger).toMatchObject([{ did: 'left', details: { shareId: 30000001 } }])
  })
})

describe('withdrawing by the older route', () => {
  const waiting = aShare({ id: 30000021, invitedId: 20000030, acceptedAt: null, libraryIds: [910000001] })

  test('needs the flags of the list, and the address as it was typed', async () => {
    const { plex, ask } = await pretend({
      shares: [{ ...waiting, invitedId: null, invitedEmail: 'Dave+1@Example.com' }],
    })
    const withdraw = (id: string, flags: string) => ask('DELETE', `/api/invites/requested/${id}?${flags}`)
    expect((await withdraw('Dave%2B1%40Example.com', 'friend=1&home=0&server=1')).status).toBe(404)
    expect((await withdraw('dave%2B1%40example.com', 'friend=0&home=0&server=1')).status).toBe(404)
    expect((await withdraw('Dave%2B1%40Example.com', 'friend=0&home=0&server=1')).status).toBe(200)
    expect(plex.ledger).toMatchObject([{ did: 'invite-withdrawn', details: { shareId: 30000021 } }])
  })

  test('takes what waits on the other servers with it', async () => {
    const { plex, ask } = await pretend({
      shares: [waiting, { ...waiting, id: 30000023, machineIdentifier: lighthouseId }],
    })
    await ask('DELETE', '/api/invites/requested/20000030?friend=1&home=0&server=1')
    expect(plex.ledger).toHaveLength(2)
  })

  test('may leave a row that stands in the way of the next invitation until it is deleted', async () => {
    const { plex, ask } = await pretend({ shares: [waiting], rules: { withdrawalLeavesRow: true } })
    await ask('DELETE', '/api/invites/requested/20000030?friend=1&home=0&server=1')
    expect(await pending(ask)).toEqual([])
    expect(attribute((await ask('GET', shared)).text, 'SharedServer', 'acceptedAt')).toBe('0')
    expect((await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }))).status).toBe(422)

    expect((await ask('DELETE', `${shared}/30000021`)).status).toBe(204)
    expect((await ask('POST', '/api/v2/shared_servers', v2Body({ invitedId: 20000030 }))).status).toBe(201)
    expect(plex.ledger.map((entry) => entry.did)).toEqual([
      'invite-withdrawn',
      'share-deleted',
      'share-created',
    ])
  })
})

describe('the lists', () => {
  test('v1 shows all sections of a partial share, with 0 for what is not shared', async () => {
    const { ask } = await pretend({ shares: plexWorld().shares.slice(0, 1) })
    const { text } = await ask('GET', shared)
    expect([countOf(text, 'Section'), text.match(/ shared="1"/gu)?.length]).toEqual([4, 2])
  })

  test('v1 leaves pending shares out, or not, as the rule says; v2 has a list of its own', async () => {
    const rows = async (v1ListsPendingShares: boolean) => {
      const { ask } = await pretend({ rules: { v1ListsPendingShares } })
      return attribute((await ask('GET', shared)).text, 'MediaContainer', 'size')
    }
    expect([await rows(false), await rows(true)]).toEqual(['2', '3'])
  })

  test('v1 lowers the address, and the list of users keeps it', async () => {
    const { ask } = await pretend()
    expect((await ask('GET', shared)).text).toContain('email="jonas.brandt@example.com"')
    expect((await ask('GET', '/api/users')).text).toContain('email="Jonas.Brandt@Example.com"')
  })

  test('the list of users has the Home and people who share to the owner, and no server of theirs as owned', async () => {
    const { ask } = await pretend()
    const { text } = await ask('GET', '/api/users')
    expect(text).toMatch(/title="Kiddo" username="" email="" [^>]*home="1"[^>]*restricted="1"\/>/u)
    expect(text).toMatch(/name="Cabin"[^>]*owned="0"/u)
    expect(attribute(text, 'MediaContainer', 'totalSize')).toBe('4')
  })

  test('names with everything in them come out escaped', async () => {
    const username = `a&b<c>"d"'e`
    const account = anAccount({ id: 20000077, username, email: 'odd@example.com' })
    const { ask } = await pretend({
      accounts: [...plexWorld().accounts, account],
      shares: [aShare({ id: 1, invitedId: 20000077 })],
    })
    expect((await ask('GET', shared)).text).toContain('username="a&amp;b&lt;c&gt;&quot;d&quot;&#39;e"')
    expect((await accepted(ask))[0]?.invited.username).toBe(username)
  })

  test('the lists of resources and servers hold what is shared to the owner, not what is only offered', async () => {
    const { ask } = await pretend({
      shares: plexWorld().shares.map((share) => ({ ...share, acceptedAt: null })),
    })
    const names = (await ask('GET', '/api/v2/resources')).json.map((resource) => resource.name)
    expect(names).toEqual(['Harbor', 'Lighthouse', 'Phone'])
    expect(countOf((await ask('GET', '/api/servers')).text, 'Server')).toBe(2)
  })

  test('a server without remote access is only in the list that asks for all', async () => {
    const servers = plexWorld().servers.map((server) => ({
      ...server,
      hasRemoteAccess: server.name !== 'Harbor',
    }))
    const { ask } = await pretend({ servers })
    expect((await ask('GET', '/api/servers')).text).not.toContain('Harbor')
    expect((await ask('GET', '/api/servers?includeLite=1')).text).toMatch(
      /name="Harbor" address="" port="0"/u,
    )
  })

  test('nobody but the owner sees or changes the shares of a server', async () => {
    const { plex, ask } = await pretend()
    const token = 'FAKEmiraToken0000001'
    expect((await ask('GET', shared, { token })).status).toBe(404)
    expect((await ask('GET', '/api/v2/shared_servers/owned/accepted', { token })).json).toEqual([])
    expect((await ask('POST', shared, { token, ...v1Body({ invited_id: 20000030 }) })).status).toBe(404)
    expect((await ask('DELETE', '/api/v2/shared_servers/30000002', { token })).status).toBe(404)
    expect(plex.ledger).toEqual([])
  })
})

describe('an offer as the invited person sees it', () => {
  const waiting = aShare({ id: 30000021, invitedId: 20000030, acceptedAt: null, libraryIds: [910000001] })
  const token = 'FAKElateToken0000001'

  test('is accepted by v2 with the share id, by him alone', async () => {
    const { plex, ask } = await pretend({ shares: [waiting] })
    expect((await ask('POST', '/api/v2/shared_servers/30000021/accept')).status).toBe(404)
    const [group] = (await ask('GET', '/api/v2/shared_servers/invites/received/pending', { token })).json
    expect(group?.owner.username).toBe('harbor_admin')
    await ask('POST', `/api/v2/shared_servers/${group?.sharedServers[0]?.id}/accept`, { token })
    expect(plex.ledger).toMatchObject([{ did: 'accepted', details: { shareId: 30000021, status: 'active' } }])
  })

  test('is accepted by v1 with the id of who invites and the flags', async () => {
    const { plex, ask } = await pretend({ shares: [waiting] })
    await ask('PUT', `/api/invites/requests/${owner.id}?friend=1&home=0&server=1`, { token })
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['accepted'])
  })

  test('is not among his servers until then', async () => {
    const { plex, ask } = await pretend({ shares: [waiting] })
    expect((await ask('GET', '/api/v2/resources', { token })).json).toEqual([])
    plex.accept('late.joiner')
    expect((await ask('GET', '/api/v2/resources', { token })).json).toMatchObject([
      { name: 'Harbor', owned: false },
    ])
  })
})

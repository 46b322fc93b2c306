import { expect } from 'vitest'
import { z } from 'zod'
import { id, type ServerId } from '../../../src/lib/ids.ts'
import { ping, readAccount } from '../../../src/plex/api/account.ts'
import {
  createManagedUser,
  inviteToHome,
  readHome,
  readHomeUsers,
  removeHomeUser,
  setManagedPin,
  setOwnPin,
  switchHomeUser,
} from '../../../src/plex/api/home.ts'
import {
  readReceivedInvitations,
  readSentInvitations,
  withdrawInvitation,
} from '../../../src/plex/api/invitations.ts'
import { readLibraries } from '../../../src/plex/api/libraries.ts'
import { createLink, pollLink } from '../../../src/plex/api/links.ts'
import { createAccount } from '../../../src/plex/api/new-account.ts'
import { readServers } from '../../../src/plex/api/servers.ts'
import {
  changeShare,
  createShare,
  deleteShare,
  readAcceptedShares,
  readPendingShares,
  readShare,
} from '../../../src/plex/api/shares.ts'
import { endEverythingWith, setSharingFlags } from '../../../src/plex/api/sharings.ts'
import { signIn, signOut } from '../../../src/plex/api/sign-in.ts'
import { isKnownAccount, readUsers, usersOfServer } from '../../../src/plex/api/users.ts'
import type { PlexFailureKind } from '../../../src/plex/errors.ts'
import type { PlexHttp, PlexRequest } from '../../../src/plex/http.ts'
import { readAnswer } from '../../../src/plex/parse.ts'
import { brief } from './brief.ts'
import { harbor } from './fixtures.ts'

/** What one fixture is asked by, and what must come of it: a value or a failure. */
export type Row = [ask: (http: PlexHttp) => Promise<unknown>, gives: unknown] | Failing
type Failing = [ask: (http: PlexHttp) => Promise<unknown>, 'fails', PlexFailureKind]

const server = id<ServerId>(harbor)
const mira = '30000001'

// The operations, by what they are asked about.
const account = async (http: PlexHttp) => {
  const read = await readAccount(http)
  return [read.id, read.username ?? '-', read.email ?? '-', read.subscription?.features?.length ?? 0].join(
    ' ',
  )
}
const servers = async (http: PlexHttp) =>
  (await readServers(http)).map(
    ({ id: mid, name, owned }) => `${mid.slice(-2)} ${name}${owned ? '' : ' (foreign)'}`,
  )
const libraries = async (http: PlexHttp) =>
  (await readLibraries(http, server)).map((row) => `${row.id} ${row.type} ${row.title}`)
const foreignLibraries = (http: PlexHttp) =>
  readLibraries(http, id<ServerId>('0ddba11a0ddba11a0ddba11a0ddba11a0ddba11a'))
const accepted = async (http: PlexHttp) => (await readAcceptedShares(http, server)).rows.map(brief)
const pending = async (http: PlexHttp) => (await readPendingShares(http, server)).rows.map(brief)
/** v1 has one list for both. */
const both = async (http: PlexHttp) => [...(await accepted(http)), ...(await pending(http))]
const usernames = async (http: PlexHttp) =>
  (await readAcceptedShares(http, server)).rows.map(({ person }) => person.username)
const wish = { to: { invitedId: '20000030' }, libraries: ['910000001'], settings: {} } as const
const create = async (http: PlexHttp) => {
  const row = await createShare(http, server, wish)
  return row && brief(row)
}
const change = async (http: PlexHttp) => {
  const row = await changeShare(http, server, mira, ['910000001'], {})
  return row && brief(row)
}
const end = (http: PlexHttp) => deleteShare(http, server, mira)
const homeUsers = async (http: PlexHttp) =>
  (await readHomeUsers(http)).map((user) =>
    [
      user.id,
      user.title,
      user.username ?? '-',
      user.admin ? 'admin' : user.restricted ? 'managed' : 'full',
      user.protected ? 'pin' : 'open',
    ].join(' '),
  )
const sent = async (http: PlexHttp) => (await readSentInvitations(http)).map(invitationLine)
const received = async (http: PlexHttp) => (await readReceivedInvitations(http)).map(invitationLine)
const invitationLine = (each: Awaited<ReturnType<typeof readSentInvitations>>[number]) =>
  [
    each.id,
    each.friend ? 'friend' : '',
    each.home ? 'home' : '',
    each.server ? 'server' : '',
    ...each.Server.map(({ name, machineIdentifier }) => `${name}${machineIdentifier ? '!' : ''}`),
  ]
    .filter((part) => part !== '')
    .join(' ')
const login = (http: PlexHttp) => signIn(http, { login: 'harbor_admin', password: 'FAKEpassword' })
const link = async (http: PlexHttp) => {
  const { id: linkId, code, expiresAt } = await createLink(http, 'short')
  return [linkId, code, expiresAt.toISOString()].join(' ')
}
const longLink = async (http: PlexHttp) => (await createLink(http, 'long')).address
const poll = (http: PlexHttp) => pollLink(http, { id: '4000000001' })
const managed = { uuid: '0a1b2c3d4e5f6071', accountId: '20000004' }
const become = (http: PlexHttp) => switchHomeUser(http, managed, '1111')
const users = async (http: PlexHttp) =>
  (await readUsers(http)).map(({ id: user, title }) => `${user} ${title}`)
const newAccount = (http: PlexHttp) =>
  createAccount(http, { email: 'a@example.com', username: 'a', password: 'FAKEpassword' })

/** Answers of which Usherr has no operation: they are sent for and read, and their content is looked at. */
const raw = (request: PlexRequest) => async (http: PlexHttp) =>
  readAnswer(await http.send(request), z.unknown())
const get =
  (route: string, pick: (content: unknown) => unknown = (content) => content) =>
  async (http: PlexHttp) =>
    pick(await raw({ method: 'GET', route })(http))

const movies = '1 movie Movies'
const four = [
  '910000001 movie Movies',
  '910000002 show TV Shows',
  '910000003 artist Music',
  '910000004 photo Photos',
]
const miraRow = `${mira} 20000001 mira_q mira@example.com active 1+2`
const jonasRow = '30000002 20000002 jonas.b jonas.brandt@example.com active all'
const two = [miraRow, jonasRow]
const owner = '10000001 harbor_admin owner@harbor.example'

/** Every fixture, what it is asked by, and what comes of it. A `fails` in the middle means a failure. */
export const table: Readonly<Record<string, Row>> = {
  'signin/v1-sign_in-201.json': [login, 'FAKEownerToken000001'],
  'signin/v1-sign_in-201.xml': [
    raw({ method: 'POST', route: '/users/sign_in.xml', anonymous: true }),
    signInXml(),
  ],
  'signin/v2-signin-201.json': [login, 'FAKEownerToken000001'],
  'signin/v2-signin-401-wrong-password.json': [login, 'fails', 'wrongCredentials'],
  'signin/v2-signin-401-otp-required.json': [login, 'fails', 'needsVerificationCode'],
  'signin/v2-signin-401-ip-blocked.json': [login, 'fails', 'signInBlocked'],
  'signin/v2-signin-429.txt': [login, 'fails', 'rateLimited'],
  'signin/signout-204.txt': [signOut, undefined],

  'pins/new-201.json': [link, '4000000001 k3xv 2026-11-21T10:15:00.000Z'],
  'pins/new-strong-201.json': [
    longLink,
    'https://app.plex.tv/auth#?clientID=client-0001&code=a1b2c3d4e5f6g7h8i9j0k1l2m&context%5Bdevice%5D%5Bproduct%5D=Usherr',
  ],
  'pins/pending-200.json': [poll, undefined],
  'pins/claimed-200.json': [poll, 'FAKEownerToken000001'],
  'pins/claimed-empty-token-200.json': [poll, undefined],
  'pins/location-partial-201.json': [link, '4000000001 k3xv 2026-11-21T10:15:00.000Z'],
  'pins/expired-404.json': [poll, 'fails', 'linkExpired'],
  'pins/new-201.xml': [link, '4000000001 k3xv 2026-11-21T10:15:00.000Z'],

  'user/v2-user-200.json': [account, `${owner} 6`],
  'user/v2-user-200.xml': [account, `${owner} 1`],
  'user/v2-user-managed-200.json': [account, '20000003 - - 0'],
  'user/v2-user-401.json': [account, 'fails', 'unauthorised'],
  'user/v2-user-422-invalid-token.xml': [account, 'fails', 'unauthorised'],
  'user/jwt-expired-498.json': [account, 'fails', 'unauthorised'],
  'user/ping-200.xml': [ping, undefined],

  'resources/v2-resources-200.json': [servers, ['01 Harbor', '1a Cabin (foreign)']],
  'resources/v1-resources-200.xml': [
    get('/api/resources', (content) => JSON.stringify(content).includes('"clientIdentifier":"c0ffee00')),
    true,
  ],
  'servers/list-200.xml': [servers, ['01 Harbor', '02 Lighthouse', '1a Cabin (foreign)']],
  'servers/list-single-200.xml': [servers, ['01 Harbor']],
  'servers/list-none-200.xml': [servers, []],
  'servers/list-remote-access-off-200.xml': [
    get('/servers.xml', (content) => JSON.stringify(content).includes('"port":"0"')),
    true,
  ],
  'servers/one-200.xml': [libraries, four],
  'servers/one-single-section-200.xml': [libraries, [`91000000${movies}`]],
  'servers/one-no-sections-200.xml': [libraries, []],
  'servers/one-nasty-titles-200.xml': [
    libraries,
    [
      '910000001 movie Movies',
      '910000005 movie Kids & Family <4K> "HDR"',
      "910000006 movie Dad's Üñïcødé 🎬 Films",
      '910000007 movie Movies',
      '910000008 show   padded  ',
      '910000009 show 007',
      '910000010 photo ',
      '910000011 artist line\nbreak',
      '910000012 hologram Hologram',
      '910000013 movie true',
      '910000014 movie 1e5',
      '910000015 movie __proto__',
      '910000016 movie MOVIES',
    ],
  ],
  'servers/one-id-key-collision-200.xml': [
    libraries,
    ['1 movie Alpha', '910000002 show Beta', '910000003 artist 910000002'],
  ],
  'servers/one-duplicate-ids-200.xml': [libraries, ['910000001 movie Movies', '910000002 show TV Shows']],
  'servers/v2-one-200.json': [libraries, four],
  'servers/v2-one-transient-empty-200.json': [libraries, []],
  'servers/one-404.xml': [foreignLibraries, 'fails', 'notFound'],

  'shared_servers-v1/two-200.xml': [both, two],
  'shared_servers-v1/single-200.xml': [both, [miraRow]],
  'shared_servers-v1/single-section-200.xml': [both, [miraRow.replace('1+2', '1')]],
  'shared_servers-v1/none-selfclosed-200.xml': [both, []],
  'shared_servers-v1/none-open-200.xml': [both, []],
  'shared_servers-v1/hundred-200.xml': [
    async (http) => {
      const { rows } = await readAcceptedShares(http, server)
      return [rows.length, rows[0]?.id, rows.at(-1)?.id, rows.filter((row) => row.allLibraries).length]
    },
    [100, '30001000', '30001099', 10],
  ],
  'shared_servers-v1/nasty-names-200.xml': [
    usernames,
    [
      'a&b',
      '<script>alert(1)</script>',
      'quo"te',
      "o'neil",
      'émile🎬',
      '@everyone',
      '`code` **bold** ||spoiler||',
      '<@123456789012345678>',
      '\u202egnp.exe',
      'zero\u200bwidth',
      ' lead trail ',
      'x'.repeat(300),
      'mira_q',
      'someone@example.net',
    ],
  ],
  'shared_servers-v1/numeric-looking-200.xml': [
    usernames,
    [
      '007',
      '1e5',
      '0x10',
      '1e1000',
      'true',
      'null',
      'NaN',
      '-0',
      '1.0',
      '12345678901234567890',
      '+1',
      'Infinity',
      undefined,
    ],
  ],
  'shared_servers-v1/big-ids-200.xml': [
    both,
    [
      '9007199254740993 9007199254740995 big big@example.com active 9007199254740997',
      '030000001 020000001 lead lead@example.com active 1',
    ],
  ],
  'shared_servers-v1/empty-attributes-200.xml': [both, ['30000004 - - - pending ?']],
  'shared_servers-v1/missing-attributes-200.xml': [
    both,
    ['30000005 - - sparse@example.com pending ?', '- 20000020 noid noid@example.com pending ?'],
  ],
  'shared_servers-v1/pending-in-list-200.xml': [
    both,
    [
      miraRow,
      '30000006 - - newcomer@example.com pending 1',
      '30000007 20000030 late.joiner late@example.com pending 1',
      '30000008 - zero zero@example.com pending 1',
    ],
  ],
  'shared_servers-v1/all-libraries-zero-shared-200.xml': [
    both,
    [
      '30000009 20000031 allflag allflag@example.com active all',
      '30000010 20000032 allnone allnone@example.com active all',
    ],
  ],
  'shared_servers-v1/zero-libraries-200.xml': [
    both,
    ['30000011 20000033 nolibs nolibs@example.com active none'],
  ],
  'shared_servers-v1/unknown-section-type-200.xml': [
    async (http) =>
      (await readAcceptedShares(http, server)).rows.map((row) => row.libraries?.includes('910000099')),
    [true],
  ],
  'shared_servers-v1/shared-flag-variants-200.xml': [
    both,
    ['30000013 20000035 flags flags@example.com active ?'],
  ],
  'shared_servers-v1/duplicate-email-case-200.xml': [
    both,
    [
      `${mira} 20000001 mira_q mira@example.com active 1`,
      '30000014 20000036 mira_two MIRA@Example.com active 2',
    ],
  ],
  'shared_servers-v1/duplicate-share-id-200.xml': [
    both,
    ['111 111111 first first@example.com active all', '111 111 second second@example.com active ?'],
  ],
  'shared_servers-v1/same-user-twice-200.xml': [
    both,
    [
      '30000015 20000037 twice twice@example.com active 1',
      '30000016 20000037 twice twice@example.com pending 2',
    ],
  ],
  'shared_servers-v1/orphan-row-200.xml': [both, ['77 - - orphan@example.com pending ?']],
  'shared_servers-v1/deleted-account-200.xml': [
    both,
    ['30000017 20000038 - - active 1', '30000018 - - - active ?'],
  ],
  'shared_servers-v1/filters-200.xml': [
    async (http) => (await readAcceptedShares(http, server)).rows.map(({ settings }) => settings),
    [
      {
        allowSync: false,
        allowCameraUpload: false,
        allowChannels: false,
        filterAll: '',
        filterMovies: 'contentRating=G%2CPG|label=BAFTA%2C1001%20Movies&contentRating!=Approved',
        filterMusic: 'label=Kid+Safe',
        filterPhotos: '',
        filterTelevision: 'label!=Late%20Night',
      },
    ],
  ],
  'shared_servers-v1/owned-0-200.xml': [both, ['30000020 20000040 not_mine notmine@example.com active 1']],
  'shared_servers-v1/size-lies-200.xml': [both, two],
  'shared_servers-v1/single-by-id-200.xml': [
    async (http) => {
      const row = await readShare(http, server, mira)
      return row && brief(row)
    },
    miraRow,
  ],
  'shared_servers-v1/post-existing-account-200.xml': [
    create,
    '30000021 20000030 late.joiner late@example.com pending 1',
  ],
  'shared_servers-v1/post-unregistered-email-200.xml': [
    create,
    '30000021 - - newcomer@example.com pending 1',
  ],
  'shared_servers-v1/post-auto-accepted-200.xml': [
    create,
    '30000021 20000001 mira_q mira@example.com active 1',
  ],
  'shared_servers-v1/post-response-only-200.xml': [create, undefined],
  'shared_servers-v1/post-400-already-sharing.xml': [create, 'fails', 'alreadyDone'],
  'shared_servers-v1/post-400-already-sharing-errors.xml': [create, 'fails', 'alreadyDone'],
  'shared_servers-v1/post-400-already-sharing-escaped.xml': [create, 'fails', 'alreadyDone'],
  'shared_servers-v1/post-400-invalid-recipient.xml': [create, 'fails', 'noSuchAccount'],
  'shared_servers-v1/put-200.xml': [change, `${miraRow}+3`],
  'shared_servers-v1/put-200-empty.txt': [change, undefined],
  'shared_servers-v1/delete-204.txt': [end, undefined],
  'shared_servers-v1/delete-404.xml': [end, 'fails', 'notFound'],
  // Never "already gone": the id was missing.
  'shared_servers-v1/delete-collection-404.html': [
    raw({ method: 'DELETE', route: `/api/servers/${harbor}/shared_servers` }),
    'fails',
    'unexpected',
  ],

  'shared_servers-v2/owned-accepted-200.json': [
    accepted,
    [
      miraRow,
      '30000002 20000002 jonas.b Jonas.Brandt@Example.com active all',
      '30000003 20000003 - - active 1+2',
    ],
  ],
  'shared_servers-v2/owned-accepted-empty-200.json': [accepted, []],
  'shared_servers-v2/owned-pending-200.json': [
    pending,
    [
      '30000021 20000030 late.joiner late@example.com pending 1+2',
      '30000022 - - Newcomer@Example.com pending 1+2',
    ],
  ],
  'shared_servers-v2/owned-accepted-200.xml': [accepted, [miraRow.replace('1+2', '1')]],
  'shared_servers-v2/create-201.json': [create, '30000023 20000030 late.joiner late@example.com pending 1+2'],
  'shared_servers-v2/create-201-auto-accepted.json': [
    create,
    '30000024 20000001 mira_q mira@example.com active 1+2',
  ],
  'shared_servers-v2/create-201-unregistered.json': [create, '30000025 - - Newcomer@Example.com pending 1+2'],
  'shared_servers-v2/create-201-wrong-person.json': [
    create,
    '30000026 29999999 late.joiner someone.else@example.com active 1+2',
  ],
  'shared_servers-v2/create-201-all-libraries.json': [
    create,
    '30000027 20000001 mira_q mira@example.com active all',
  ],
  'shared_servers-v2/create-422-1999.xml': [create, 'fails', 'alreadyDone'],
  'shared_servers-v2/create-422-1999.json': [create, 'fails', 'alreadyDone'],
  'shared_servers-v2/list-405.json': [get('/api/v2/shared_servers'), 'fails', 'gone'],
  'shared_servers-v2/invites-owned-pending-200.json': [
    pending,
    ['30000021 20000030 late.joiner late@example.com pending 1+2'],
  ],
  'shared_servers-v2/invites-received-pending-200.json': [
    get(
      '/api/v2/shared_servers/invites/received/pending',
      (content) => Array.isArray(content) && content.length,
    ),
    1,
  ],
  'shared_servers-v2/accept-200.json': [
    raw({ method: 'POST', route: '/api/v2/shared_servers/31000001/accept' }),
    { id: 31000001, accepted: true },
  ],
  'shared_servers-v2/left-and-deleted-200.json': [
    async (http) => (await readAcceptedShares(http, server)).rows.map(({ id: share }) => share),
    ['30000030'],
  ],
  'shared_servers-v2/string-ids-200.json': [accepted, [miraRow]],

  'sharings/put-200.json': [(http) => setSharingFlags(http, '20000001', { allowSync: true }), undefined],
  'sharings/delete-204.txt': [(http) => endEverythingWith(http, '20000001'), undefined],
  'sharings/delete-404.json': [(http) => endEverythingWith(http, '20000001'), 'fails', 'notFound'],

  'friends/v2-friends-200.json': [get('/api/v2/friends', (content) => Array.isArray(content)), true],
  'friends/v2-friends-410.json': [get('/api/v2/friends'), 'fails', 'gone'],
  'friends/v1-delete-410.xml': [raw({ method: 'DELETE', route: '/api/friends/20000001' }), 'fails', 'gone'],

  'users/v1-users-200.xml': [
    async (http) => usersOfServer(await readUsers(http), server).map(({ title }) => title),
    ['mira_q', 'jonas.b', 'late.joiner'],
  ],
  'users/v1-users-single-200.xml': [users, ['20000001 mira_q']],
  'users/v1-users-none-200.xml': [users, []],
  'users/v1-validate-200.xml': [(http) => isKnownAccount(http, 'mira@example.com'), true],
  'users/v1-validate-unknown.xml': [(http) => isKnownAccount(http, 'ghost@example.com'), false],

  'invites/requested-200.xml': [
    sent,
    ['newcomer@example.com server Harbor', '20000042 home', '20000030 friend server Harbor'],
  ],
  'invites/requested-with-machine-id-200.xml': [sent, ['Dave@Example.com server Harbor!']],
  'invites/requested-none-200.xml': [sent, []],
  'invites/requested-plus-address-200.xml': [sent, ['new+plex/cam@example.com server Harbor']],
  'invites/requests-200.xml': [received, ['20000009 friend server Cabin']],
  'invites/requested-410.xml': [sent, 'fails', 'gone'],
  'invites/cancel-200.xml': [
    (http) => withdrawInvitation(http, { id: '20000030', friend: true, home: false, server: true }),
    undefined,
  ],
  'invites/cancel-404.xml': [
    (http) => withdrawInvitation(http, { id: '20000030', friend: false, home: true, server: false }),
    'fails',
    'notFound',
  ],

  'home/v2-home-users-200.json': [homeUsers, threeAtHome()],
  'home/v2-home-users-200.xml': [homeUsers, threeAtHome()],
  'home/v2-home-users-missing-close.xml': [homeUsers, 'fails', 'unexpected'],
  'home/v2-home-users-single-200.xml': [homeUsers, ['10000001 harbor_admin harbor_admin admin pin']],
  'home/v2-home-404.json': [readHome, undefined],
  'home/v1-home-users-200.xml': [
    homeUsers,
    ['10000001 harbor_admin harbor_admin admin pin', '20000003 Kiddo - managed open'],
  ],
  'home/v2-switch-201.json': [become, 'FAKEswitchToken00001'],
  'home/v2-switch-trailing-comma.json': [become, 'fails', 'unexpected'],
  'home/v2-switch-403-pin.json': [become, 'fails', 'wrongPin'],
  'home/v2-switch-403-pin-no-status.json': [become, 'fails', 'wrongPin'],
  'home/v2-switch-401-pin.json': [become, 'fails', 'wrongPin'],
  'home/v1-switch-201.xml': [become, 'FAKEswitchToken00002'],
  'home/v2-restricted-create-200.xml': [
    async (http) => (await createManagedUser(http, 'Kiddo', 'little_kid')).id,
    '20000003',
  ],
  'home/v2-remove-pin-201-still-protected.xml': [
    (http) => setManagedPin(http, '20000003', 'remove'),
    undefined,
  ],
  'home/v2-remove-pin-201.xml': [(http) => setManagedPin(http, '20000003', 'remove'), undefined],
  'home/v1-set-pin-200.xml': [(http) => setOwnPin(http, '10000001', '0000', '1111'), undefined],
  'home/v1-set-pin-401-wrong.xml': [
    (http) => setOwnPin(http, '10000001', '0000', '9999'),
    'fails',
    'wrongPin',
  ],
  'home/v1-delete-200.xml': [(http) => removeHomeUser(http, '20000003'), undefined],
  'home/v2-delete-204.txt': [(http) => removeHomeUser(http, '20000003'), undefined],
  'home/invite-needs-plex-pass-422.xml': [
    (http) => inviteToHome(http, 'pat@example.net'),
    'fails',
    'rejected',
  ],

  'errors/1000-client-id-missing-400.xml': [account, 'fails', 'rejected'],
  'errors/1000-client-id-missing-400.json': [account, 'fails', 'rejected'],
  'errors/1001-body-401-http-404.xml': [
    (http) => setManagedPin(http, '20000003', 'remove'),
    'fails',
    'unauthorised',
  ],
  'errors/1001-401.xml': [account, 'fails', 'unauthorised'],
  'errors/1002-404.xml': [get('/api/v2/nope'), 'fails', 'notFound'],
  'errors/plain-error-401.xml': [homeUsers, 'fails', 'unauthorised'],
  'errors/invalid-auth-token-404.xml': [
    (http) => setOwnPin(http, '10000001', '0000'),
    'fails',
    'unauthorised',
  ],
  'errors/validation-422.json': [newAccount, 'fails', 'rejected'],
  'errors/v1-error-string-401.json': [login, 'fails', 'wrongCredentials'],
  'errors/multiple-errors-400.xml': [account, 'fails', 'rejected'],
  'errors/empty-errors-400.xml': [account, 'fails', 'rejected'],
  'errors/response-410.xml': [received, 'fails', 'gone'],
  'errors/429-seconds.txt': [accepted, 'fails', 'rateLimited'],
  'errors/429-date.txt': [accepted, 'fails', 'rateLimited'],
  'errors/429-none.json': [accepted, 'fails', 'rateLimited'],
  'errors/429-huge.txt': [accepted, 'fails', 'rateLimited'],
  'errors/429-garbage.txt': [accepted, 'fails', 'rateLimited'],
  // A media server's page, not plex.tv's word about a token.
  'errors/pms-401.html': [get('/library/sections'), 'fails', 'unexpected'],
  'errors/redirect-302.txt': [accepted, 'fails', 'unexpected'],
  'errors/set-cookie-200.json': [homeUsers, threeAtHome()],

  'hostile/cloudflare-403-challenge.html': [accepted, 'fails', 'serverError'],
  'hostile/cloudflare-502.html': [accepted, 'fails', 'serverError'],
  'hostile/cloudflare-200.html': [accepted, 'fails', 'unexpected'],
  'hostile/html-labelled-xml-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/maintenance-503.txt': [accepted, 'fails', 'serverError'],
  'hostile/truncated-mid-element-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/truncated-between-elements-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/truncated-json-200.json': [accepted, 'fails', 'unexpected'],
  'hostile/empty-body-200.txt': [accepted, 'fails', 'unexpected'],
  'hostile/whitespace-200.txt': [accepted, 'fails', 'unexpected'],
  'hostile/null-json-200.json': [accepted, 'fails', 'unexpected'],
  'hostile/object-instead-of-array-200.json': [accepted, 'fails', 'unexpected'],
  'hostile/json-labelled-xml-200.json': [both, [miraRow]],
  'hostile/xml-labelled-text-200.txt': [both, [miraRow]],
  'hostile/entity-bomb-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/external-dtd-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/quadratic-entity-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/deep-nesting-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/proto-pollution-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/bom-crlf-200.xml': [both, two],
  'hostile/latin1-200.xml': [both, [`${mira} 20000001 jörg joerg@example.com active ?`]],
  'hostile/invalid-char-200.xml': [async (http) => (await accepted(http)).length, 2],
  'hostile/cdata-comment-200.xml': [
    async (http) => (await readAcceptedShares(http, server)).rows.map((row) => row.id),
    [mira],
  ],
  'hostile/single-quotes-reordered-200.xml': [both, [`${mira} 20000001 mira_q mira@example.com pending ?`]],
  'hostile/unknown-extras-200.xml': [both, [miraRow]],
  'hostile/two-roots-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/text-after-root-200.xml': [accepted, 'fails', 'unexpected'],
  'hostile/duplicate-attribute-200.xml': [accepted, 'fails', 'unexpected'],

  'misc/webhooks-200.json': [get('/api/v2/user/webhooks'), [{ url: 'https://hooks.example.com/plex' }]],
  'misc/webhooks-empty-200.json': [get('/api/v2/user/webhooks'), []],
  'misc/opt_outs-200.xml': [
    get('/api/v2/user/0a1b2c3d4e5f6071/settings/opt_outs', (content) =>
      JSON.stringify(content).includes('opt_out_managed'),
    ),
    true,
  ],
  'misc/claim-token-200.json': [
    get('/api/claim/token.json', (content) => Object.keys(Object(content))),
    ['token'],
  ],
  'misc/create-account-422.json': [newAccount, 'fails', 'rejected'],
  'misc/devices-200.xml': [
    get('/devices.xml', (content) => Object.keys(Object(content))),
    ['<MediaContainer>'],
  ],
}

function threeAtHome() {
  return [
    '10000001 harbor_admin harbor_admin admin pin',
    '20000003 Kiddo - managed open',
    '20000004 pat-h pat-h full open',
  ]
}

function signInXml() {
  return expect.objectContaining({
    '<user>': expect.objectContaining({
      username: 'harbor_admin',
      email: 'owner@harbor.example',
      'authentication-token': [{ '#text': 'FAKEownerToken000001' }],
    }),
  })
}

/** The cases of the list of forty that a fixture decides. The others have tests of their own, named by number. */
export const cases: Readonly<Record<string, string>> = {
  'hostile/json-labelled-xml-200.json': 'C03',
  'hostile/xml-labelled-text-200.txt': 'C03',
  'home/v1-set-pin-200.xml': 'C12',
  'shared_servers-v1/single-200.xml': 'C18',
  'shared_servers-v1/single-section-200.xml': 'C18',
  'servers/list-single-200.xml': 'C18',
  'users/v1-users-single-200.xml': 'C18',
  'home/v2-home-users-single-200.xml': 'C18',
  'shared_servers-v1/none-selfclosed-200.xml': 'C19',
  'shared_servers-v1/none-open-200.xml': 'C19',
  'shared_servers-v2/owned-accepted-empty-200.json': 'C19',
  'shared_servers-v1/nasty-names-200.xml': 'C21',
  'shared_servers-v1/numeric-looking-200.xml': 'C22',
  'shared_servers-v1/big-ids-200.xml': 'C22',
  'hostile/external-dtd-200.xml': 'C24',
  'hostile/quadratic-entity-200.xml': 'C24',
  'hostile/html-labelled-xml-200.xml': 'C25',
  'hostile/empty-body-200.txt': 'C25',
  'hostile/null-json-200.json': 'C25',
  'hostile/object-instead-of-array-200.json': 'C25',
  'hostile/two-roots-200.xml': 'C25',
  'hostile/text-after-root-200.xml': 'C25',
  'shared_servers-v1/missing-attributes-200.xml': 'C26',
  'shared_servers-v1/empty-attributes-200.xml': 'C26',
  'shared_servers-v1/unknown-section-type-200.xml': 'C26',
  'hostile/cdata-comment-200.xml': 'C27',
  'hostile/single-quotes-reordered-200.xml': 'C27',
  'users/v1-users-200.xml': 'C31',
  'servers/one-nasty-titles-200.xml': 'C33',
}

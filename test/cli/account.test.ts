import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runAccount } from '../../src/cli/account/run-account.ts'
import { type AccountId, type GuildId, id, type MemberId, type ServerId } from '../../src/lib/ids.ts'
import { rateLimited } from '../../src/sandbox/plex/fault.ts'
import { type PretendPlex, startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { harborId, owner, ownerToken, type PlexDifferences, plexWorld } from '../../src/sandbox/plex/world.ts'
import { parseConnections } from '../../src/storage/shapes.ts'
import { fakeClock } from '../plex/support/fake-clock.ts'
import { storeIn, temporaryFolder } from '../storage/temporary-store.ts'
import { type Answer, ctrlC, type Step, scriptedAsker } from './support/scripted-asker.ts'

const guildA = id<GuildId>('100000000000000001')
const guildB = id<GuildId>('100000000000000002')

interface Ground {
  plex: PretendPlex
  file: string
  environment: Record<string, string>
  account(
    args: string,
    script?: readonly Step[] | 'no terminal',
    environment?: Record<string, string>,
  ): Promise<{ code: number; read: string }>
  /** As `/setup` in Discord leaves it. */
  connect(guildId: GuildId, accounts: { accountId: number; username: string; token: string }[]): Promise<void>
}

async function ground(differences: PlexDifferences = {}): Promise<Ground> {
  const plex = await startPretendPlex({ world: plexWorld(differences) })
  onTestFinished(() => plex.close())
  const file = join(await temporaryFolder(), 'usherr.sqlite')
  const environment = { PLEX_API_URL: plex.url, STORAGE_URL: `sqlite://${file}` }
  return {
    plex,
    file,
    environment,
    async account(args, script = [], more = {}) {
      const scripted = scriptedAsker(script === 'no terminal' ? [] : script)
      const code = await runAccount(args === '' ? [] : args.split(' '), {
        environment: { ...environment, ...more },
        asker: script === 'no terminal' ? undefined : scripted.asker,
        say: scripted.say,
        clock: fakeClock(),
      })
      if (!scripted.isOver()) throw new Error(`not everything was asked:\n${scripted.transcript.join('\n')}`)
      return { code, read: scripted.transcript.join('\n') }
    },
    async connect(guildId, accounts) {
      const store = await storeIn(file)
      await store.collection('connections', parseConnections).update(guildId, () => ({
        schema: 1,
        guildId,
        accounts: accounts.map(({ accountId, ...each }) => ({
          ...each,
          accountId: id<AccountId>(String(accountId)),
          linkedBy: id<MemberId>('200000000000000001'),
          linkedAt: new Date('2026-10-01T12:00:00Z'),
        })),
        servers: [
          { serverId: id<ServerId>(harborId), name: 'Harbor', accountId: id<AccountId>(String(owner.id)) },
        ],
      }))
      await store.close()
    },
  }
}

const withToken = { PLEX_TOKEN: ownerToken, DISCORD_GUILD_IDS: guildA }
const isAlive = ({ plex }: Ground, token: string) =>
  plex.world.tokens.find((each) => each.token === token)?.dead === null

describe('npm run account -- show', () => {
  test('shows the account and its servers', async () => {
    const { account } = await ground()
    const { code, read } = await account('show', 'no terminal', withToken)
    expect(code).toBe(0)
    expect(read).toMatchInlineSnapshot(`
      "User name:     harbor_admin
      E-mail:        owner@harbor.example
      Id:            10000001 (0a1b2c3d4e5f6071)
      Since:         2014-02-03
      Country:       NO
      Plex Pass:     yes
      Subscription:  lifetime (active, since 2019-05-06)
      Features:      webhooks, camera_upload, home, pass, sync, content_filter
      Plex Home:     2 of 15 places, admin
      Home PIN:      set
      Two-factor:    no
      Restricted:    no
      Roles:         plexpass
      Entitlements:  all
      Servers:
        own     Harbor  c0ffee00c0ffee00c0ffee00c0ffee00c0ffee01
        own     Lighthouse  c0ffee00c0ffee00c0ffee00c0ffee00c0ffee02
        shared  Cabin  0ddba11a0ddba11a0ddba11a0ddba11a0ddba11a"
    `)
  })

  test('never the token or the PIN, for people or as JSON', async () => {
    const { account } = await ground()
    for (const args of ['show', 'show --json']) {
      const { read } = await account(args, 'no terminal', withToken)
      for (const secret of [ownerToken, 'FAKEhashedPin', 'FAKEserviceToken00001', '1111']) {
        expect(read).not.toContain(secret)
      }
    }
  })

  test('as JSON, for a program', async () => {
    const { account } = await ground()
    const { code, read } = await account('show --json', 'no terminal', withToken)
    expect(code).toBe(0)
    expect(JSON.parse(read)).toMatchInlineSnapshot(`
      {
        "country": "NO",
        "email": "owner@harbor.example",
        "emailConfirmed": true,
        "entitlements": [
          "all",
        ],
        "experimentalFeatures": false,
        "home": {
          "hasPin": true,
          "isAdmin": true,
          "isGuest": false,
          "isMember": true,
          "most": 15,
          "size": 2,
        },
        "id": "10000001",
        "plexPass": true,
        "restricted": false,
        "roles": [
          "plexpass",
        ],
        "security": {
          "backupCodes": false,
          "hasPassword": true,
          "signsInByEmailOnly": false,
          "twoFactor": false,
        },
        "servers": [
          {
            "id": "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee01",
            "name": "Harbor",
            "owned": true,
          },
          {
            "id": "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee02",
            "name": "Lighthouse",
            "owned": true,
          },
          {
            "id": "0ddba11a0ddba11a0ddba11a0ddba11a0ddba11a",
            "name": "Cabin",
            "owned": false,
          },
        ],
        "services": [
          {
            "identifier": "metadata-dev",
            "status": "online",
          },
        ],
        "signInRememberedUntil": "2025-12-06T05:46:40.000Z",
        "since": "2014-02-03T04:05:06.000Z",
        "subscription": {
          "active": true,
          "description": "Lifetime Plex Pass",
          "features": [
            "webhooks",
            "camera_upload",
            "home",
            "pass",
            "sync",
            "content_filter",
          ],
          "plan": "lifetime",
          "since": "2019-05-06T07:08:09.000Z",
          "status": "Active",
        },
        "title": "harbor_admin",
        "username": "harbor_admin",
        "uuid": "0a1b2c3d4e5f6071",
      }
    `)
  })

  test('an account that is restricted, without anything', async () => {
    const { account } = await ground()
    const { read } = await account('show', 'no terminal', {
      ...withToken,
      PLEX_TOKEN: 'FAKEkidToken00000001',
    })
    expect(read).toMatchInlineSnapshot(`
      "Name:          Kiddo
      Friendly name: Kiddo
      Id:            20000003 (3333aaaa3333aaaa)
      Since:         2014-02-03
      Country:       NO
      Plex Pass:     no
      Subscription:  none (inactive)
      Plex Home:     2 of 15 places, member
      Home PIN:      set
      Password:      none
      Two-factor:    no
      Restricted:    yes
      Servers:       none"
    `)
  })

  test('of a Discord server, with since when it is connected', async () => {
    const here = await ground()
    await here.connect(guildB, [
      { accountId: 20000009, username: 'cabin_owner', token: 'FAKEcabinToken000001' },
    ])
    const { code, read } = await here.account(`show --guild ${guildB}`, 'no terminal')
    expect(code).toBe(0)
    expect(read).toContain('cabin_owner')
    expect(read).toContain('Connected:     since 2026-10-01')
  })

  test('a sign-in that plex.tv no longer knows is named', async () => {
    const here = await ground()
    here.plex.faults.revoke(ownerToken)
    const { code, read } = await here.account('show', 'no terminal', withToken)
    expect(code).toBe(1)
    expect(read).toContain('plex.tv does not know this sign-in any more')
    expect(JSON.parse((await here.account('show --json', 'no terminal', withToken)).read)).toMatchObject({
      problem: 'unauthorised',
    })
  })

  test('plex.tv out of reach is not called a dead sign-in', async () => {
    const here = await ground()
    await here.plex.faults.down()
    const { code, read } = await here.account('show', 'no terminal', withToken)
    expect(code).toBe(1)
    expect(read).toContain('nothing is known yet')
  })
})

describe('which account is meant', () => {
  test('without PLEX_TOKEN and connections: how to sign in', async () => {
    const { account } = await ground()
    const { code, read } = await account('show', 'no terminal')
    expect(code).toBe(1)
    expect(read).toContain('npm run setup signs one in')
  })

  test('without PLEX_TOKEN, the Discord servers that have one are named', async () => {
    const here = await ground()
    await here.connect(guildB, [{ accountId: owner.id, username: owner.username, token: ownerToken }])
    const { code, read } = await here.account('show', 'no terminal')
    expect(code).toBe(1)
    expect(read).toContain(`--guild ${guildB}`)
  })

  test('one of several has to be named', async () => {
    const here = await ground()
    await here.connect(guildB, [
      { accountId: owner.id, username: owner.username, token: ownerToken },
      { accountId: 20000009, username: 'cabin_owner', token: 'FAKEcabinToken000001' },
    ])
    const unnamed = await here.account(`show --guild ${guildB}`, 'no terminal')
    expect(unnamed.code).toBe(1)
    expect(unnamed.read).toContain('--account harbor_admin\n  --account cabin_owner')
    const wrong = await here.account(`show --guild ${guildB} --account nobody`, 'no terminal')
    expect(wrong.read).toContain('No account of that name')
    const named = await here.account(`show --guild ${guildB} --account 20000009`, 'no terminal')
    expect(named.read).toContain('cabin@example.com')
  })

  test('a Discord server without one', async () => {
    const { account } = await ground()
    const { code, read } = await account(`show --guild ${guildA}`, 'no terminal', withToken)
    expect(code).toBe(1)
    expect(read).toContain(`no Plex account for the Discord server ${guildA}`)
  })

  test.each(['', 'help', 'show --help'])('"%s" explains itself', async (args) => {
    const { account } = await ground()
    const { code, read } = await account(args)
    expect(code).toBe(0)
    expect(read).toContain('npm run account -- <what>')
  })

  test.each([
    ['delete', 'There is no "delete".'],
    ['show me', '"me" is too much'],
    ['show --token', '--token'],
    ['show --guild', '--guild'],
  ])('"%s" is not understood, and says why', async (args, said) => {
    const { account } = await ground()
    const { code, read } = await account(args)
    expect(code).toBe(2)
    expect(read).toContain(said)
    expect(read).toContain('npm run account -- <what>')
  })

  test('a setting that cannot be used is named', async () => {
    const { account } = await ground()
    expect((await account('show', [], { PLEX_TOKEN: 'two words' })).read).toContain(
      'PLEX_TOKEN is not usable',
    )
    expect((await account('show', [], { PLEX_API_URL: 'nonsense' })).read).toContain(
      'PLEX_API_URL is not usable',
    )
    expect((await account('show', [], { ...withToken, STORAGE_URL: 'nonsense' })).read).toContain(
      'STORAGE_URL',
    )
  })
})

describe('npm run account -- create', () => {
  const answers = (
    changes: Partial<Record<'email' | 'username' | 'password' | 'again', string>> = {},
  ): Step[] => [
    ['e-mail address', changes.email ?? 'newcomer@example.org'],
    ['user name', changes.username ?? 'newcomer'],
    ['A password', changes.password ?? 'FAKEnewPassword'],
    ['The same password again', changes.again ?? changes.password ?? 'FAKEnewPassword'],
  ]

  test('makes it, ends its sign-in at once, and shows no secret', async () => {
    const here = await ground()
    const { code, read } = await here.account('create', [...answers(), ['Make the account', true]])
    expect(code).toBe(0)
    expect(read).toMatchInlineSnapshot(`
      "A new Plex account for somebody who cannot make one himself at https://www.plex.tv/sign-up/. plex.tv sends a message to the address, which he has to confirm.
      ? His e-mail address newcomer@example.org
      ? The user name that he wants newcomer
      ? A password (it is not shown) (hidden)
      ? The same password again (hidden)
      ? Make the account newcomer for newcomer@example.org? true
      The account newcomer is made.
      The sign-in that came with it is ended; Usherr kept nothing of it. Invite it with /invite."
    `)
    const made = here.plex.world.accounts.find(({ username }) => username === 'newcomer')
    expect(made).toMatchObject({ email: 'newcomer@example.org', password: 'FAKEnewPassword' })
    const tokens = here.plex.world.tokens.filter(({ accountId }) => accountId === made?.id)
    expect(tokens.map(({ dead }) => dead)).toEqual(['revoked'])
    expect(read).not.toContain(tokens[0]?.token ?? 'none was made')
    expect(here.plex.requests.every(({ queryNames }) => queryNames.length === 0)).toBe(true)
  })

  test('says each field that plex.tv refuses, and takes other values', async () => {
    const here = await ground()
    const { code, read } = await here.account('create', [
      ...answers({ email: 'mira@example.com', username: 'mira_q', password: 'short' }),
      ['Make the account', true],
      ['Try again with other values?', true],
      ...answers(),
      ['Make the account newcomer for newcomer@example.org?', true],
    ])
    expect(code).toBe(0)
    expect(read).toContain(
      [
        'plex.tv refused, and no account was made:',
        '  user name: has already been taken',
        '  e-mail address: has already been taken',
        '  password: is too short',
      ].join('\n'),
    )
  })

  test('in plex.tv’s older form the fields are named as well', async () => {
    const here = await ground()
    here.plex.faults.retire({ route: '/api/v2/users' })
    const { code, read } = await here.account('create', [
      ...answers({ username: 'mira_q' }),
      ['Make the account', true],
      ['Try again with other values?', false],
    ])
    expect(code).toBe(1)
    expect(read).toContain('username has already been taken')
  })

  test('asks again where an address is none or the passwords differ, and sends nothing', async () => {
    const here = await ground()
    const { code, read } = await here.account('create', [
      ['e-mail address', 'nonsense'],
      ...answers({ again: 'FAKEother' }),
      ['A password', ''],
      ['The same password again', ''],
      ['A password', 'FAKEnewPassword'],
      ['The same password again', 'FAKEnewPassword'],
      ['Make the account', false],
    ])
    expect(code).toBe(1)
    for (const said of [
      'That is no e-mail address.',
      'The two are not the same.',
      'needs a password',
      'No account was made.',
    ]) {
      expect(read).toContain(said)
    }
    expect(here.plex.requests).toEqual([])
  })

  test('plex.tv’s limit is named', async () => {
    const here = await ground({ rules: { accountCreation: 'rate limited' } })
    const { code, read } = await here.account('create', [...answers(), ['Make the account', true]])
    expect(code).toBe(1)
    expect(read).toContain('plex.tv makes no more accounts for this address for now.')
    expect(read).toContain('No account was made.')
  })

  test('where the answer is lost it is not known whether it was made, and that is said', async () => {
    const here = await ground()
    here.plex.faults.once({ method: 'POST' }, { fault: 'reset after commit' })
    const { code, read } = await here.account('create', [...answers(), ['Make the account', true]])
    expect(code).toBe(1)
    expect(read).toContain('it is not known whether the account was made')
    expect(here.plex.world.accounts.some(({ username }) => username === 'newcomer')).toBe(true)
  })

  test('where its sign-in cannot be ended, it is said how he ends it', async () => {
    const here = await ground()
    here.plex.faults.always({ route: '/api/v2/users/signout' }, rateLimited('huge'))
    const { code, read } = await here.account('create', [...answers(), ['Make the account', true]])
    expect(code).toBe(1)
    expect(read).toContain('could not be ended')
    expect(read).toContain('Authorized Devices')
  })

  test('Ctrl+C sends nothing', async () => {
    const here = await ground()
    const { code, read } = await here.account('create', [...answers().slice(0, 3), ['again', ctrlC]])
    expect(code).toBe(130)
    expect(read).toContain('Stopped. Nothing was changed.')
    expect(here.plex.requests).toEqual([])
  })

  test('without a terminal it does not hang', async () => {
    const { account } = await ground()
    const { code, read } = await account('create', 'no terminal')
    expect(code).toBe(2)
    expect(read).toContain('https://www.plex.tv/sign-up/')
  })
})

describe('npm run account -- sign-out', () => {
  test('says what stops, asks, ends it, and says how to sign in again', async () => {
    const here = await ground()
    const { code, read } = await here.account('sign-out', [['Sign out harbor_admin?', true]], withToken)
    expect(code).toBe(0)
    expect(read).toMatchInlineSnapshot(`
      "This ends the bot's sign-in at Plex as harbor_admin.
      For the Discord server 100000000000000001 the bot can then neither share, change nor end access, and sees nothing of Plex. Whoever has access keeps it; end dates wait, and what is asked of the bot is kept until somebody signs in again.
      ? Sign out harbor_admin? true
      harbor_admin is signed out.
      PLEX_TOKEN is of no use any more: npm run setup signs in anew and puts in another, then restart the bot."
    `)
    expect(isAlive(here, ownerToken)).toBe(false)
  })

  test('ends nothing where the answer is no, or Ctrl+C', async () => {
    const here = await ground()
    expect((await here.account('sign-out', [['Sign out', false]], withToken)).code).toBe(1)
    expect((await here.account('sign-out', [['Sign out', ctrlC]], withToken)).code).toBe(130)
    expect(isAlive(here, ownerToken)).toBe(true)
  })

  test('of a Discord server ends that one’s sign-in and no other', async () => {
    const here = await ground()
    await here.connect(guildB, [
      { accountId: 20000009, username: 'cabin_owner', token: 'FAKEcabinToken000001' },
    ])
    const { code, read } = await here.account(
      `sign-out --guild ${guildB}`,
      [['Sign out cabin_owner?', true]],
      withToken,
    )
    expect(code).toBe(0)
    expect(read).toContain(`For the Discord server ${guildB} the bot can then neither`)
    expect(read).toContain('/setup plex there signs in again')
    expect(read).not.toContain('PLEX_TOKEN')
    expect(isAlive(here, 'FAKEcabinToken000001')).toBe(false)
    expect(isAlive(here, ownerToken)).toBe(true)
  })

  test('names every Discord server that works with the same sign-in', async () => {
    const here = await ground()
    await here.connect(guildB, [{ accountId: owner.id, username: owner.username, token: ownerToken }])
    const { read } = await here.account('sign-out', [['Sign out', false]], withToken)
    expect(read).toContain(`For the Discord servers ${guildA}, ${guildB}`)
  })

  test('of one that is dead already says so', async () => {
    const here = await ground()
    here.plex.faults.revoke(ownerToken)
    const { code, read } = await here.account('sign-out', [], withToken)
    expect(code).toBe(0)
    expect(read).toContain('there is nothing to end')
  })

  test('where plex.tv cannot be asked, nothing is ended; where its answer is lost, it is not known', async () => {
    const here = await ground()
    await here.plex.faults.down()
    expect((await here.account('sign-out', [], withToken)).read).toContain('Nothing was ended.')
    await here.plex.faults.up()
    here.plex.faults.once({ method: 'DELETE' }, { fault: 'reset after commit' })
    const lost = await here.account('sign-out', [['Sign out', true]], withToken)
    expect(lost.code).toBe(1)
    expect(lost.read).toContain('It is not known whether it was ended')
    expect((await here.account('sign-out', [], withToken)).read).toContain('there is nothing to end')
  })

  test('plex.tv gone between question and answer', async () => {
    const here = await ground()
    const leaves = async (): Promise<Answer> => {
      await here.plex.faults.down()
      return true
    }
    const { code, read } = await here.account('sign-out', [['Sign out', leaves]], withToken)
    expect(code).toBe(1)
    expect(read).toContain('Nothing was ended.')
  })

  test('without a terminal only with --yes', async () => {
    const here = await ground()
    const refused = await here.account('sign-out', 'no terminal', withToken)
    expect(refused.code).toBe(2)
    expect(refused.read).toContain('--yes')
    expect(isAlive(here, ownerToken)).toBe(true)
    expect((await here.account('sign-out --yes', 'no terminal', withToken)).code).toBe(0)
    expect(isAlive(here, ownerToken)).toBe(false)
  })
})

test('as a person types it, without a terminal', { timeout: 60_000 }, async () => {
  const { environment } = await ground()
  const script = join(import.meta.dirname, '../../src/cli/account.ts')
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, 'show', '--json'], {
    cwd: await temporaryFolder(),
    env: { PATH: process.env.PATH, ...environment, ...withToken },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ username: 'harbor_admin' })
})

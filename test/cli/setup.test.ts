import { readdir, writeFile } from 'node:fs/promises'
import { GatewayIntentBits } from 'discord-api-types/v10'
import { describe, expect, onTestFinished, test } from 'vitest'
import { waitForIntents } from '../../src/cli/setup/discord-token.ts'
import { envExample } from '../../src/config/describe.ts'
import { loadConfig } from '../../src/config.ts'
import { createLook } from '../../src/discord/look.ts'
import { type AccountId, type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { discordWorld, startPretendDiscord } from '../../src/sandbox/discord/index.ts'
import { cabinId, harborId, lighthouseId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { parseConnections } from '../../src/storage/shapes.ts'
import { storeIn } from '../storage/temporary-store.ts'
import { type Answer, ctrlC, type Step, scriptedAsker } from './support/scripted-asker.ts'
import { type Ground, groundForSetup } from './support/setting-up.ts'

const pasted = (ground: Ground): Step => ['The bot’s token', ground.discord.token]
const forTheOne: Step = ['Connect Plex for it?', 'Yes']
/** Somebody opens the newest link in his browser and signs in. */
const opensLink = ({ plex }: Ground, username: string): Step => [
  'Waiting for you to sign in',
  () => plex.approvePin(plex.world.pins.at(-1)?.code ?? '', username),
]
const byLink: Step = ['How do you want to sign in', 'With a link']
const byPassword: Step = ['How do you want to sign in', 'With user name']
const later: Step = ['How do you want to sign in', 'Later']
const livingTokens = ({ plex }: Ground) =>
  plex.world.tokens.filter(({ dead, clientIdentifier }) => dead === null && clientIdentifier !== null)

describe('from nothing to a bot that starts', () => {
  test('by link: the person reads this, and .env holds what the bot needs', async () => {
    const ground = await groundForSetup()
    const { discord, plex } = ground
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'harbor_admin'),
      ['Which of your Plex servers', 'Lighthouse'],
    ])
    expect(code).toBe(0)
    expect(read).toMatchInlineSnapshot(`
      "The bot needs a token. It is at https://discord.com/developers/applications: choose your application (or “New Application”), page “Bot”, “Reset Token”. One that was shown earlier is dead from then on.
      ? The bot’s token (it is not shown) (hidden)
      Signed in to Discord as the bot usherr.
      ? The bot is in “Cinema Club”. Connect Plex for it? Yes
      ? How do you want to sign in at Plex? With a link
      Open this in a browser on any machine, and sign in as the owner of the Plex server:
      https://app.plex.tv/auth#?clientID=(this installation)&code=bvk8fekktsngssayav8an6smb&context%5Bdevice%5D%5Bproduct%5D=Usherr
      ? Waiting for you to sign in there true
      Linked as harbor_admin.
      ? Which of your Plex servers shall be shared? Lighthouse
      Written: (folder)/.env (DISCORD_TOKEN, DISCORD_GUILD_IDS, PLEX_TOKEN, PLEX_SERVER). Only its owner can read it.
      Now start the bot:
        npm start
      Then type in your Discord server: /setup roles says which of your roles may what, and /invite invites somebody."
    `)
    const [token] = livingTokens(ground)
    expect(await ground.env()).toBe(
      [
        `DISCORD_TOKEN=${discord.token}`,
        `DISCORD_GUILD_IDS=${discord.world.guilds[0]?.id}`,
        `PLEX_TOKEN=${token?.token}`,
        `PLEX_SERVER=${lighthouseId}`,
        '',
      ].join('\n'),
    )
    expect(await ground.mode()).toBe(0o600)
    expect(discord.problems).toEqual([])
    expect(plex.count({ route: '/api/v2/users/signout' })).toBe(0)
  })

  test('the sign-in belongs to the very device that the bot will be', async () => {
    const ground = await groundForSetup()
    await ground.setUp([pasted(ground), forTheOne, byLink, opensLink(ground, 'cabin_owner')])
    const store = await storeIn(ground.environment.STORAGE_URL?.replace('sqlite://', '') ?? '')
    expect(livingTokens(ground).map(({ clientIdentifier }) => clientIdentifier)).toEqual([
      store.clientIdentifier,
    ])
    const asked = ground.plex.requests.map(({ clientIdentifier }) => clientIdentifier)
    expect([...new Set(asked)]).toEqual([store.clientIdentifier])
  })

  test('or to the one that PLEX_CLIENT_IDENTIFIER names', async () => {
    const ground = await groundForSetup()
    const environment = { PLEX_CLIENT_IDENTIFIER: 'usherr-at-home' }
    await ground.setUp([pasted(ground), forTheOne, byLink, opensLink(ground, 'cabin_owner')], { environment })
    expect(livingTokens(ground).map(({ clientIdentifier }) => clientIdentifier)).toEqual(['usherr-at-home'])
  })

  test('with a password: no secret is shown, and the one server is taken', async () => {
    const ground = await groundForSetup()
    const { code, transcript } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byPassword,
      ['user name or e-mail', ' cabin_owner '],
      ['Password', 'FAKEpassword'],
    ])
    expect(code).toBe(0)
    expect(await ground.env()).toContain(`PLEX_SERVER=${cabinId}`)
    const read = transcript.join('\n')
    expect(read).toContain('Its Plex server “Cabin” will be shared.')
    for (const secret of ['FAKEpassword', ground.discord.token, livingTokens(ground)[0]?.token ?? '']) {
      expect(secret).not.toBe('')
      expect(read).not.toContain(secret)
    }
  })

  test('with a password and a code of the authenticator; a wrong code is named', async () => {
    const ground = await groundForSetup()
    ground.plex.change((world) => ({
      ...world,
      accounts: world.accounts.map((account) =>
        account.username === 'cabin_owner' ? { ...account, twoFactorCode: '123456' } : account,
      ),
    }))
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byPassword,
      ['user name or e-mail', 'cabin@example.com'],
      ['Password', 'FAKEpassword'],
      ['authenticator', '654321'],
      ['authenticator', '123 456'],
    ])
    expect(code).toBe(0)
    expect(read).toContain('plex.tv did not accept this code.')
  })

  test('with Plex later: only the token is written, and /setup is the next step', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([pasted(ground), forTheOne, later])
    expect(code).toBe(0)
    expect(await ground.env()).toBe(`DISCORD_TOKEN=${ground.discord.token}\n`)
    expect(read).toContain('/setup plex connects your Plex server')
  })

  test('what was written is what the bot starts with', async () => {
    const ground = await groundForSetup()
    await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'harbor_admin'),
      ['Which of your Plex servers', 'Harbor'],
    ])
    const written = Object.fromEntries(
      (await ground.env())
        ?.trim()
        .split('\n')
        .map((line) => line.split('=', 2)) ?? [],
    )
    const config = loadConfig({ ...ground.environment, ...written })
    expect(config).toMatchObject({
      ok: true,
      value: { warnings: [], plex: { connection: { server: harborId } } },
    })
  })
})

describe('the Discord token', () => {
  test.each([
    ['with blanks', (token: string) => `  ${token} \n`, 'Taken without the blanks around it.'],
    ['with quotes', (token: string) => `"${token}"`, 'Taken without the quotes around it.'],
    ['with “Bot”', (token: string) => `Bot ${token}`, 'Taken without the word “Bot” around it.'],
    [
      'as a line of a file',
      (token: string) => ` DISCORD_TOKEN='Bot ${token}'\n`,
      'Taken without the blanks and the name before it and the quotes and the word “Bot” around it.',
    ],
  ])('may be pasted %s, and it is said what was left out', async (_how, paste, said) => {
    const ground = await groundForSetup()
    const { code, transcript } = await ground.setUp([
      ['The bot’s token', paste(ground.discord.token)],
      forTheOne,
      later,
    ])
    expect(code).toBe(0)
    expect(transcript).toContain(said)
    expect(await ground.env()).toBe(`DISCORD_TOKEN=${ground.discord.token}\n`)
  })

  test.each([
    ['', 'Nothing was pasted'],
    ['123456789012345678', 'That is an id'],
    ['0'.repeat(64), 'public key'],
    ['AbCdEfGhIjKlMnOpQrStUvWxYz012345', 'client secret'],
    ['not one word', 'no blanks'],
  ])('"%s" is no token, is named as what it is, and is not sent', async (wrong, said) => {
    const ground = await groundForSetup()
    const { read } = await ground.setUp([
      ['The bot’s token', wrong],
      ['The bot’s token', ctrlC],
    ])
    expect(read).toContain(said)
    expect(ground.discord.requests).toEqual([])
  })

  test('a wrong one is named as such, with where to get a new one, and asked for again', async () => {
    const ground = await groundForSetup()
    const { code, read, transcript } = await ground.setUp([
      ['The bot’s token', 'MTA.wrong.token'],
      pasted(ground),
      forTheOne,
      later,
    ])
    expect(code).toBe(0)
    expect(read).toContain('Discord does not know this token')
    expect(read).toContain('“Reset Token”')
    expect(transcript.join('\n')).not.toContain('MTA.wrong.token')
  })

  test('Discord out of reach says nothing about it: the same one is tried again', async () => {
    const ground = await groundForSetup()
    ground.discord.faults.cut('GET /users/@me')
    ground.discord.faults.fail('GET /applications/@me', { status: 503 })
    const { code, read } = await ground.setUp([
      pasted(ground),
      ['Try again?', true],
      ['Try again?', true],
      forTheOne,
      later,
    ])
    expect(code).toBe(0)
    expect(read).toContain('Discord could not be reached')
    expect(read).toContain('Discord has trouble of its own (503)')
  })

  test('where nobody wants to try again, nothing is written', async () => {
    const ground = await groundForSetup()
    await ground.discord.close()
    const { code } = await ground.setUp([pasted(ground), ['Try again?', false]])
    expect(code).toBe(130)
    expect(await ground.env()).toBeUndefined()
  })
})

describe('the bot’s way into a Discord server', () => {
  test('the link is shown until it is in one', async () => {
    const ground = await groundForSetup({ discord: { guilds: [] } })
    const { discord } = ground
    const { code, read } = await ground.setUp([
      pasted(ground),
      ['Is it in?', 'Yes'],
      [
        'Is it in?',
        () => {
          discord.addGuild({ name: 'Film Night' })
          return 'Yes'
        },
      ],
      ['“Film Night”', 'Yes'],
      later,
    ])
    expect(code).toBe(0)
    expect(read).toContain('The bot is in no Discord server yet.')
    expect(read).toContain('The bot is still in no Discord server.')
    expect(read).toContain(
      `https://discord.com/oauth2/authorize?client_id=${discord.world.application.id}&scope=bot+applications.commands&permissions=3072`,
    )
  })

  test('may be left for later: then Plex is left as well', async () => {
    const ground = await groundForSetup({ discord: { guilds: [] } })
    const { code, read } = await ground.setUp([pasted(ground), ['Is it in?', 'Later']])
    expect(code).toBe(0)
    expect(await ground.env()).toBe(`DISCORD_TOKEN=${ground.discord.token}\n`)
    expect(read).toContain('so that has to wait')
    expect(ground.plex.requests).toEqual([])
  })

  test('of several, those are connected that are chosen, and no others', async () => {
    const ground = await groundForSetup({
      discord: { guilds: [{ name: 'One' }, { name: 'Two' }, { name: 'Three' }] },
    })
    await ground.setUp([
      pasted(ground),
      ['The bot is in 3 Discord servers', 'Yes'],
      ['Which of them', ['Three', 'One']],
      byLink,
      opensLink(ground, 'cabin_owner'),
    ])
    const [one, , three] = ground.discord.world.guilds
    expect(await ground.env()).toContain(`DISCORD_GUILD_IDS=${three?.id},${one?.id}\n`)
  })

  test('another one can be joined first', async () => {
    const ground = await groundForSetup()
    const { read } = await ground.setUp([
      pasted(ground),
      ['“Cinema Club”', 'For another one'],
      [
        'Is it in?',
        () => {
          ground.discord.addGuild({ name: 'Film Night' })
          return 'Yes'
        },
      ],
      ['The bot is in 2 Discord servers', 'Later'],
    ])
    expect(read).toContain('with the least permissions')
  })

  test('a missing permission is named, and looked for again', async () => {
    const ground = await groundForSetup({ discord: { guilds: [{ name: 'Strict', botPermissions: 0n }] } })
    const [strict] = ground.discord.world.guilds
    const everybody = strict?.roles.find(({ id }) => id === strict.id)
    if (everybody) everybody.permissions = String(1n << 10n)
    const { code, read } = await ground.setUp([
      pasted(ground),
      ['“Strict”', 'Yes'],
      ['Look again?', true],
      [
        'Look again?',
        () => {
          if (everybody) everybody.permissions = String((1n << 10n) | (1n << 11n))
          return true
        },
      ],
      later,
    ])
    expect(code).toBe(0)
    expect(read.match(/In “Strict” the bot lacks “Send Messages”:/gu)).toHaveLength(2)
  })

  test('a switch with which no link works is named', async () => {
    const ground = await groundForSetup({
      discord: { application: { needsCodeGrant: true, isPublic: false } },
    })
    const { read } = await ground.setUp([pasted(ground), ['Is it switched off?', true], forTheOne, later])
    expect(read).toContain('“Requires OAuth2 Code Grant”')
    expect(read).toContain('only its owner can let the bot')
  })

  test('a server’s name cannot move the cursor or colour the terminal', async () => {
    const ground = await groundForSetup({ discord: { guilds: [{ name: 'Evil\u001b[2J\u202eClub' }] } })
    const { transcript } = await ground.setUp([pasted(ground), ['Connect Plex for it?', 'Later']])
    const read = transcript.join('\n')
    for (const character of ['\u001b', '\u202e']) expect(read).not.toContain(character)
    expect(read).toContain('Club')
  })
})

describe('signing in at Plex', () => {
  test('a link that is over is named, and a new one is offered', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      [
        'Waiting for you to sign in',
        () => {
          ground.clock.pass(31 * 60_000)
          return true
        },
      ],
      ['Make a new link?', true],
      opensLink(ground, 'cabin_owner'),
    ])
    expect(code).toBe(0)
    expect(read).toContain('The link is over: it was refused, used up, or too old. Nobody was signed in.')
    expect(read).toContain('Linked as cabin_owner.')
  })

  test('whoever does not want to wait may take the other way', async () => {
    const ground = await groundForSetup()
    const { code } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      ['Waiting for you to sign in', false],
      ['Make a new link?', false],
      byPassword,
      ['user name or e-mail', 'cabin_owner'],
      ['Password', 'FAKEpassword'],
    ])
    expect(code).toBe(0)
  })

  test('a wrong password is named; after some of them it is warned', async () => {
    const ground = await groundForSetup()
    const wrong: Step[] = [
      ['user name or e-mail', 'cabin_owner'],
      ['Password', 'FAKEmistake'],
    ]
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byPassword,
      ...wrong,
      ['Try again?', true],
      ...wrong,
      ['Try again?', true],
      ...wrong,
      ['Try again?', false],
      later,
    ])
    expect(code).toBe(0)
    expect(read.match(/That is not the password of that account/gu)).toHaveLength(3)
    expect(read.match(/takes no password from this address for hours/gu)).toHaveLength(1)
  })

  test('a blocked address (1031) is not asked again, and the link is the way', async () => {
    const ground = await groundForSetup({ plex: { rules: { signInFailuresAllowed: 0 } } })
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byPassword,
      ['user name or e-mail', 'cabin_owner'],
      ['Password', 'FAKEpassword'],
      byLink,
      opensLink(ground, 'cabin_owner'),
    ])
    expect(code).toBe(0)
    expect(read).toContain('1031')
    expect(ground.plex.count({ route: '/api/v2/users/signin' })).toBe(1)
  })

  test('an account without a server is named, and its sign-in is ended again', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'mira_q'),
      later,
    ])
    expect(code).toBe(0)
    expect(read).toContain('mira_q owns no Plex server')
    expect(read).toContain('ended again at plex.tv')
    expect(livingTokens(ground)).toEqual([])
    expect(await ground.env()).not.toContain('PLEX')
  })

  test('plex.tv out of reach is no wrong password', async () => {
    const ground = await groundForSetup()
    await ground.plex.faults.down()
    const { read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byPassword,
      ['user name or e-mail', 'cabin_owner'],
      ['Password', 'FAKEpassword'],
      [
        'Try again?',
        async () => {
          await ground.plex.faults.up()
          return true
        },
      ],
    ])
    expect(read).toContain('plex.tv could not be reached')
    expect(read).toContain('Linked as cabin_owner')
  })
})

describe('what is there already', () => {
  async function isSetUp(differences: Parameters<typeof groundForSetup>[0] = {}) {
    const ground = await groundForSetup(differences)
    await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'harbor_admin'),
      ['Which of your Plex servers', 'Harbor'],
    ])
    return ground
  }

  test('is offered and not asked again: a second run changes nothing', async () => {
    const ground = await isSetUp()
    const before = await ground.env()
    const { code, read } = await ground.setUp([
      ['of the bot usherr. Keep it?', true],
      forTheOne,
      ['of harbor_admin. Keep it?', true],
      ['Which of your Plex servers', 'Harbor'],
    ])
    expect(code).toBe(0)
    expect(await ground.env()).toBe(before)
    expect(read).toContain('Everything is set already; nothing had to be written.')
    expect(livingTokens(ground)).toHaveLength(1)
  })

  test('is replaced only after asking, by names and never by values; all other lines stay', async () => {
    const ground = await isSetUp()
    const old = await ground.env()
    await ground.writes(`# Mine\r\nLOG_LEVEL=debug\r\n${old?.replaceAll('\n', '\r\n')}# The end\r\n`)
    const { code, read, transcript } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      ['of harbor_admin. Keep it?', false],
      byLink,
      opensLink(ground, 'cabin_owner'),
      ['It replaces PLEX_TOKEN, PLEX_SERVER; every other line stays.', true],
    ])
    expect(code).toBe(0)
    const token = livingTokens(ground).find(({ accountId }) => accountId === 20000009)?.token ?? ''
    expect(await ground.env()).toBe(
      [
        '# Mine',
        'LOG_LEVEL=debug',
        `DISCORD_TOKEN=${ground.discord.token}`,
        `DISCORD_GUILD_IDS=${ground.discord.world.guilds[0]?.id}`,
        `PLEX_TOKEN=${token}`,
        `PLEX_SERVER=${cabinId}`,
        '# The end',
        '',
      ].join('\r\n'),
    )
    expect(transcript.join('\n')).not.toContain(token)
    expect(read).toContain('Written: (folder)/.env (PLEX_TOKEN, PLEX_SERVER)')
  })

  test('stays where the answer is no, and the sign-in that was made is ended', async () => {
    const ground = await isSetUp()
    const before = await ground.env()
    const { code, read } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      ['Keep it?', false],
      byLink,
      opensLink(ground, 'cabin_owner'),
      ['It replaces PLEX_TOKEN, PLEX_SERVER', false],
    ])
    expect(code).toBe(130)
    expect(await ground.env()).toBe(before)
    expect(read).toContain('ended again at plex.tv')
    expect(livingTokens(ground).map(({ accountId }) => accountId)).toEqual([10000001])
  })

  test('a sign-in that plex.tv no longer knows is named, and a new one is made', async () => {
    const ground = await isSetUp()
    ground.plex.faults.revoke(livingTokens(ground)[0]?.token ?? '')
    const { code, read } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      byLink,
      opensLink(ground, 'cabin_owner'),
      ['It replaces', true],
    ])
    expect(code).toBe(0)
    expect(read).toContain('The sign-in at Plex from .env: plex.tv does not know this sign-in any more')
  })

  test('in the environment counts more than .env: it is used, and never written', async () => {
    const ground = await groundForSetup()
    const environment = {
      DISCORD_TOKEN: ground.discord.token,
      PLEX_TOKEN: ownerToken,
      DISCORD_GUILD_IDS: '1'.repeat(18),
    }
    const { code, read } = await ground.setUp([forTheOne, ['Which of your Plex servers', 'Harbor']], {
      environment,
    })
    expect(read).toContain('The token comes from the environment.')
    expect(read).toContain('Signed in at Plex as harbor_admin, by the token from the environment.')
    expect(read).toContain('DISCORD_GUILD_IDS comes from the environment, which counts more than .env')
    expect(await ground.env()).toBe(`PLEX_SERVER=${harborId}\n`)
    expect(code).toBe(0)
  })

  test('a wrong token in the environment cannot be mended here, and that is said', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([], { environment: { DISCORD_TOKEN: 'MTA.wrong.token' } })
    expect(code).toBe(1)
    expect(read).toContain('It comes from the environment, which counts more than .env. Change it there')
    expect(await ground.env()).toBeUndefined()
  })

  test('a token that comes from a file is used, and not given twice', async () => {
    const ground = await groundForSetup()
    await writeFile(`${ground.folder}/token`, `${ground.discord.token}\n`)
    await ground.writes(`DISCORD_TOKEN_FILE=${ground.folder}/token\n`)
    const { code, read } = await ground.setUp([forTheOne, later])
    expect(code).toBe(0)
    expect(read).toContain('The token comes from DISCORD_TOKEN_FILE.')
    expect(await ground.env()).toBe(`DISCORD_TOKEN_FILE=${ground.folder}/token\n`)
  })

  test('a copy of .env.example is filled in where its lines are', async () => {
    const ground = await groundForSetup()
    await ground.writes(envExample())
    await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'cabin_owner'),
      ['It adds DISCORD_TOKEN, DISCORD_GUILD_IDS, PLEX_TOKEN, PLEX_SERVER', true],
    ])
    const lines = (await ground.env())?.split('\n') ?? []
    expect(lines).toContain(`DISCORD_TOKEN=${ground.discord.token}`)
    expect(lines.filter((line) => line.startsWith('DISCORD_TOKEN='))).toHaveLength(1)
    expect(lines[lines.indexOf(`PLEX_SERVER=${cabinId}`) - 1]).toBe('# PLEX_SERVER=Attic')
    expect(lines.length).toBe(envExample().split('\n').length + 3)
  })

  test('Discord servers that the bot is not in now stay chosen', async () => {
    const ground = await isSetUp()
    const [club] = ground.discord.world.guilds
    const before = (await ground.env()) ?? ''
    await ground.writes(before.replace(/(?<=DISCORD_GUILD_IDS=).*/u, `111111111111111111,${club?.id}`))
    const { code, read } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      ['Keep it?', true],
      ['Which of your Plex servers', 'Harbor'],
    ])
    expect(code).toBe(0)
    expect(read).toContain('the bot is not in 111111111111111111. They stay there.')
    expect(read).toContain('nothing had to be written')
  })

  test('a setting that it cannot use ends it before anything is asked', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([], { environment: { PLEX_API_URL: 'nonsense' } })
    expect(code).toBe(1)
    expect(read).toContain('PLEX_API_URL is not usable')
  })

  test('Discord servers and a Plex server that cannot be read are named, and replaced by what is chosen', async () => {
    const ground = await isSetUp()
    const before = (await ground.env()) ?? ''
    const broken = before
      .replace(/(?<=DISCORD_GUILD_IDS=).*/u, 'Cinema')
      .replace(/(?<=PLEX_SERVER=).*/u, 'Gone')
    await ground.writes(broken)
    const { code, read } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      ['Keep it?', true],
      ['Which of your Plex servers', 'Harbor'],
      ['It replaces DISCORD_GUILD_IDS, PLEX_SERVER', true],
    ])
    expect(code).toBe(0)
    expect(read).toContain('DISCORD_GUILD_IDS is not usable')
    expect(await ground.env()).toBe(before)
  })

  test('a Plex server that is given by its name stays so', async () => {
    const ground = await isSetUp()
    const byName = (await ground.env())?.replace(harborId, 'Harbor') ?? ''
    await ground.writes(byName)
    const { read } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      ['Keep it?', true],
      ['Which of your Plex servers', 'Harbor'],
    ])
    expect(read).toContain('nothing had to be written')
    expect(await ground.env()).toBe(byName)
  })

  test('a sign-in that cannot be tested is not called dead; it can be tried again', async () => {
    const ground = await isSetUp()
    await ground.plex.faults.down()
    const { code, read } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      [
        'Try again?',
        async () => {
          await ground.plex.faults.up()
          return true
        },
      ],
      ['of harbor_admin. Keep it?', true],
      ['Which of your Plex servers', 'Harbor'],
    ])
    expect(code).toBe(0)
    expect(read).toContain('The sign-in at Plex from .env: plex.tv could not be reached')
  })

  test('the environment’s sign-in that is dead, or owns nothing, cannot be mended here', async () => {
    const ground = await groundForSetup()
    const guildId = ground.discord.world.guilds[0]?.id ?? ''
    const environment = { PLEX_TOKEN: 'FAKEmiraToken0000001', DISCORD_GUILD_IDS: guildId }
    const nothing = await ground.setUp([pasted(ground), forTheOne], { environment })
    expect(nothing.read).toContain('mira_q owns no Plex server')
    expect(nothing.read).toContain('PLEX_TOKEN comes from the environment, which counts more than .env.')
    ground.plex.faults.revoke('FAKEmiraToken0000001')
    const dead = await ground.setUp([['Keep it?', true], forTheOne], { environment })
    expect(dead.read).toContain('plex.tv does not know this sign-in any more')
    expect(dead.read).toContain('Change it there.')
    expect(await ground.env()).toBe(`DISCORD_TOKEN=${ground.discord.token}\n`)
    expect(ground.plex.count({ route: '/api/v2/users/signout' })).toBe(0)
  })

  test('a .env that cannot be written is named, and the sign-in that was made is ended', async () => {
    const ground = await groundForSetup()
    await ground.writes('B="one\nDISCORD_TOKEN=two\nthree"\n')
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'cabin_owner'),
      ['It adds', true],
    ])
    expect(code).toBe(1)
    expect(read).toContain('values over several lines')
    expect(read).toContain('ended again at plex.tv')
    expect(livingTokens(ground)).toEqual([])
  })

  test('a sign-in of /setup in Discord is never ended either, though plex.tv gave it once more', async () => {
    const ground = await groundForSetup()
    await ground.setUp([pasted(ground), forTheOne, byLink, opensLink(ground, 'cabin_owner')])
    const [working] = livingTokens(ground)
    const guildId = id<GuildId>(ground.discord.world.guilds[0]?.id ?? '')
    const store = await storeIn(ground.environment.STORAGE_URL?.replace('sqlite://', '') ?? '')
    await store.collection('connections', parseConnections).update(guildId, () => ({
      schema: 1,
      guildId,
      accounts: [
        {
          accountId: id<AccountId>('20000009'),
          username: 'cabin_owner',
          token: working?.token ?? '',
          linkedBy: id<MemberId>('200000000000000001'),
          linkedAt: new Date('2026-10-01T12:00:00Z'),
        },
      ],
      servers: [],
    }))
    await ground.writes(`DISCORD_TOKEN=${ground.discord.token}\n`)
    const { code } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      byLink,
      opensLink(ground, 'cabin_owner'),
      ['It adds', false],
    ])
    expect(code).toBe(130)
    expect(livingTokens(ground)).toEqual([working])
  })

  test('a setting that the bot would not start with is named at the end', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([pasted(ground), forTheOne, later], {
      environment: { SETTLE_SECONDS: 'soon' },
    })
    expect(code).toBe(1)
    expect(read).toContain('Before the bot starts')
    expect(read).toContain('SETTLE_SECONDS is not usable')
  })

  test('a store that can be made nowhere is named before anybody signs in', async () => {
    const ground = await groundForSetup()
    await writeFile(`${ground.folder}/taken`, '')
    const { code, read } = await ground.setUp([pasted(ground), forTheOne], {
      environment: { STORAGE_URL: `sqlite://${ground.folder}/taken/data/usherr.sqlite` },
    })
    expect(code).toBe(1)
    expect(read).toContain('The database cannot be made at (folder)/taken/data/usherr.sqlite (ENOTDIR)')
    expect(ground.plex.requests).toEqual([])
  })

  test('a store that cannot be made at the end ends the sign-in, and nothing is written', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'harbor_admin'),
      [
        'Which of your Plex servers',
        async () => {
          await writeFile(`${ground.folder}/data`, 'a file in the place of the folder')
          return 'Harbor'
        },
      ],
    ])
    expect(code).toBe(1)
    expect(read).toContain('No setting was changed.')
    expect(read).toContain('ended again at plex.tv')
    expect(livingTokens(ground)).toEqual([])
    expect(await ground.env()).toBeUndefined()
  })

  test('a store that does not open is named before anybody signs in', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([pasted(ground), forTheOne], {
      environment: { STORAGE_URL: 'postgres://somewhere/usherr' },
    })
    expect(code).toBe(1)
    expect(read).toContain('postgres://')
    expect(ground.plex.requests).toEqual([])
    expect(await ground.env()).toBeUndefined()
  })
})

describe('Ctrl+C leaves everything as it was', () => {
  const script = (ground: Ground): Step[] => [
    pasted(ground),
    forTheOne,
    byLink,
    opensLink(ground, 'harbor_admin'),
    ['Which of your Plex servers', 'Harbor'],
    ['every other line stays', true],
  ]

  test.each([0, 1, 2, 3, 4, 5])('at question %d, and a sign-in that was made is ended', async (at) => {
    const ground = await groundForSetup()
    await ground.writes('LOG_LEVEL=debug\n')
    const steps = script(ground)
    const [question = ''] = steps[at] ?? []
    const { code, read } = await ground.setUp([...steps.slice(0, at), [question, ctrlC]])
    expect(code).toBe(130)
    expect(read).toContain('Stopped. No setting was changed.')
    expect(await ground.env()).toBe('LOG_LEVEL=debug\n')
    expect(await readdir(ground.folder)).toEqual(['.env'])
    expect(livingTokens(ground)).toEqual([])
    expect(ground.plex.count({ route: '/api/v2/users/signout' })).toBe(at > 3 ? 1 : 0)
  })

  test('also where it was made with a password', async () => {
    const ground = await groundForSetup()
    const { code } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byPassword,
      ['user name or e-mail', 'harbor_admin'],
      ['Password', 'FAKEpassword'],
      ['Which of your Plex servers', ctrlC],
    ])
    expect(code).toBe(130)
    expect(ground.plex.count({ route: '/api/v2/users/signout' })).toBe(1)
    expect(livingTokens(ground)).toEqual([])
  })

  test('also where the sign-in comes in that very moment', async () => {
    const ground = await groundForSetup()
    const { code, read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      [
        'Waiting for you to sign in',
        () => {
          ground.plex.approvePin(ground.plex.world.pins.at(-1)?.code ?? '', 'harbor_admin')
          return ctrlC
        },
      ],
    ])
    expect(code).toBe(130)
    expect(read).toContain('ended again at plex.tv')
    expect(livingTokens(ground)).toEqual([])
  })

  test('where plex.tv cannot be told, it is said how to end it by hand', async () => {
    const ground = await groundForSetup()
    const { read } = await ground.setUp([
      pasted(ground),
      forTheOne,
      byLink,
      opensLink(ground, 'harbor_admin'),
      [
        'Which of your Plex servers',
        async (): Promise<Answer> => {
          await ground.plex.faults.down()
          return ctrlC
        },
      ],
    ])
    expect(read).toContain('could not be told to end the sign-in')
    expect(read).toContain('Authorized Devices')
  })

  test('but never ends a sign-in with which the bot works already, though plex.tv gave it once more', async () => {
    const ground = await groundForSetup()
    await ground.setUp([pasted(ground), forTheOne, byLink, opensLink(ground, 'cabin_owner')])
    const [working] = livingTokens(ground)
    const { code } = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      ['Keep it?', false],
      byPassword,
      ['user name or e-mail', 'cabin_owner'],
      ['Password', () => 'FAKEpassword'],
    ])
    // The same account on the same device: plex.tv gives the same token, so nothing changes.
    expect(code).toBe(0)
    const again = await ground.setUp([
      ['Keep it?', true],
      forTheOne,
      ['Keep it?', false],
      byLink,
      [
        'Waiting for you to sign in',
        () => {
          ground.plex.approvePin(ground.plex.world.pins.at(-1)?.code ?? '', 'cabin_owner')
          return ctrlC
        },
      ],
    ])
    expect(again.code).toBe(130)
    expect(livingTokens(ground)).toEqual([working])
  })
})

test('a privileged intent that is asked for and not granted is named, and looked for again', async () => {
  const world = discordWorld({ application: { mayReadMembers: false } })
  const discord = await startPretendDiscord({ world })
  onTestFinished(() => discord.close())
  const look = createLook({ token: discord.token, apiUrl: discord.url })
  const application = await look.application()
  if (!application.ok) throw new Error(application.problem.problem)
  const person = scriptedAsker([
    ['Look again?', true],
    [
      'Look again?',
      () => {
        world.application.mayReadMembers = true
        return true
      },
    ],
  ])
  const asked = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers]
  await waitForIntents({ look, application: application.value }, person, asked)
  expect(person.isOver()).toBe(true)
  expect(person.transcript[0]).toBe(
    `Discord would not let the bot in: Server Members Intent must be switched on at https://discord.com/developers/applications/${world.application.id}/bot`,
  )
})

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { cabinId, lighthouseId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { type Ground, groundForSetup } from './support/setting-up.ts'
import { ctrlC, down, enter, hasTerminals, inTerminal, type Terminal } from './support/terminal.ts'

const start = ({ folder, environment }: Ground) =>
  inTerminal('src/cli/setup.ts', { cwd: folder, env: environment })

/** As far as the link, which somebody opens. */
async function signsIn(ground: Ground, terminal: Terminal, username: string) {
  await terminal.reads('The bot’s token (it is not shown)')
  terminal.types(`Bot ${ground.discord.token}${enter}`)
  await terminal.reads('Connect Plex for it?')
  terminal.types(enter)
  await terminal.reads('How do you want to sign in at Plex?')
  terminal.types(enter)
  await terminal.reads('Waiting for you to sign in there')
  ground.plex.approvePin(ground.plex.world.pins.at(-1)?.code ?? '', username)
}

const livingTokens = ({ plex }: Ground) =>
  plex.world.tokens.filter(({ dead, clientIdentifier }) => dead === null && clientIdentifier !== null)

// A process, a terminal and the two seconds between two looks at plex.tv: on a busy machine that adds up.
describe.skipIf(!hasTerminals)('npm run setup in a terminal', { timeout: 60_000 }, () => {
  test('asks, waits for the browser, and writes .env; the token is never shown', async () => {
    const ground = await groundForSetup()
    const terminal = start(ground)
    await signsIn(ground, terminal, 'cabin_owner')
    await terminal.reads('Linked as cabin_owner.')
    await terminal.reads('npm start')
    expect(await terminal.ends()).toBe(0)
    expect(await ground.env()).toContain(`PLEX_SERVER=${cabinId}\n`)
    expect(await ground.mode()).toBe(0o600)
    expect(terminal.shown()).toContain('Taken without the word “Bot” around it.')
    for (const secret of [ground.discord.token, livingTokens(ground)[0]?.token ?? '']) {
      expect(secret).not.toBe('')
      expect(terminal.shown()).not.toContain(secret)
    }
  })

  test('the last of three servers is reached with the arrows; several are ticked with the space bar', async () => {
    const ground = await groundForSetup({
      discord: { guilds: [{ name: 'One' }, { name: 'Two' }, { name: 'Three' }] },
    })
    const terminal = start(ground)
    await terminal.reads('The bot’s token')
    terminal.types(`${ground.discord.token}${enter}`)
    await terminal.reads('The bot is in 3 Discord servers')
    terminal.types(enter)
    await terminal.reads('Which of them may use your Plex server?')
    // Nobody's server is ticked for him.
    terminal.types(enter)
    await terminal.reads('at least one')
    terminal.types(` ${down}${down} ${enter}`)
    await terminal.reads('How do you want to sign in at Plex?')
    terminal.types(`${down}${enter}`)
    await terminal.reads('Plex user name or e-mail address')
    terminal.types(`cabin_owner${enter}`)
    await terminal.reads('Password')
    terminal.types(`FAKEpassword${enter}`)
    expect(await terminal.ends()).toBe(0)
    const [one, , three] = ground.discord.world.guilds
    expect(await ground.env()).toContain(`DISCORD_GUILD_IDS=${one?.id},${three?.id}\n`)
    expect(terminal.shown()).not.toContain('FAKEpassword')
  })

  test('a second run is nothing but Enter, and changes nothing', async () => {
    const ground = await groundForSetup()
    const guildId = ground.discord.world.guilds[0]?.id
    const env = `DISCORD_TOKEN=${ground.discord.token}\nDISCORD_GUILD_IDS=${guildId}\nPLEX_TOKEN=${ownerToken}\nPLEX_SERVER=${lighthouseId}\n`
    await ground.writes(env)
    const terminal = start(ground)
    for (const question of ['Keep it?', 'Connect Plex for it?', 'Keep it?', 'Which of your Plex servers']) {
      await terminal.reads(question)
      terminal.types(enter)
    }
    await terminal.reads('nothing had to be written')
    expect(await terminal.ends()).toBe(0)
    expect(await ground.env()).toBe(env)
  })

  test('Ctrl+C at a question leaves everything as it was and ends the sign-in', async () => {
    const ground = await groundForSetup()
    const terminal = start(ground)
    await signsIn(ground, terminal, 'harbor_admin')
    await terminal.reads('Which of your Plex servers shall be shared?')
    expect(livingTokens(ground)).toHaveLength(1)
    terminal.types(ctrlC)
    await terminal.reads('Stopped. No setting was changed.')
    expect(await terminal.ends()).toBe(130)
    expect(livingTokens(ground)).toEqual([])
    expect(await ground.env()).toBeUndefined()
  })

  test('a window that is closed ends the sign-in as well', async () => {
    const ground = await groundForSetup()
    const terminal = start(ground)
    await signsIn(ground, terminal, 'harbor_admin')
    await terminal.reads('Which of your Plex servers shall be shared?')
    terminal.closes()
    await ground.plex.arrival({ route: '/api/v2/users/signout' })
    await ground.plex.settled()
    expect(livingTokens(ground)).toEqual([])
    expect(await ground.env()).toBeUndefined()
  })

  test('Ctrl+C while it waits for the browser', async () => {
    const ground = await groundForSetup()
    const terminal = start(ground)
    await terminal.reads('The bot’s token')
    terminal.types(`${ground.discord.token}${enter}`)
    await terminal.reads('Connect Plex for it?')
    terminal.types(enter)
    await terminal.reads('How do you want to sign in at Plex?')
    terminal.types(enter)
    await terminal.reads('Waiting for you to sign in there')
    terminal.types(ctrlC)
    expect(await terminal.ends()).toBe(130)
    expect(await ground.env()).toBeUndefined()
  })

  test('Ctrl+C while plex.tv is being asked', async () => {
    const ground = await groundForSetup()
    const account = { route: '/api/v2/user' }
    const hanging = ground.plex.faults.once(account, { fault: 'hangs' })
    const terminal = start(ground)
    await signsIn(ground, terminal, 'cabin_owner')
    await ground.plex.arrival(account)
    terminal.types(ctrlC)
    await terminal.reads('Stopping…')
    hanging.release()
    await terminal.reads('Stopped. No setting was changed.')
    expect(await terminal.ends()).toBe(130)
    expect(livingTokens(ground)).toEqual([])
    expect(await ground.env()).toBeUndefined()
  })

  test('Enter while it waits for the browser stops the waiting, and the other ways are offered', async () => {
    const ground = await groundForSetup()
    const terminal = start(ground)
    await terminal.reads('The bot’s token')
    terminal.types(`${ground.discord.token}${enter}`)
    await terminal.reads('Connect Plex for it?')
    terminal.types(enter)
    await terminal.reads('How do you want to sign in at Plex?')
    terminal.types(enter)
    await terminal.reads('Waiting for you to sign in there')
    terminal.types(enter)
    await terminal.reads('No longer waiting. Nobody was signed in.')
    await terminal.reads('Make a new link?')
    terminal.types(`${down}${enter}`)
    await terminal.reads('How do you want to sign in at Plex?')
    terminal.types(`${down}${down}${enter}`)
    expect(await terminal.ends()).toBe(0)
    expect(await ground.env()).toBe(`DISCORD_TOKEN=${ground.discord.token}\n`)
  })
})

test('without a terminal it does not hang: it says so, and names the other ways', {
  timeout: 60_000,
}, async () => {
  const { folder, environment, env } = await groundForSetup()
  const script = join(import.meta.dirname, '../../src/cli/setup.ts')
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  expect(await text(child.stdout)).toMatchInlineSnapshot(`
    "This asks questions, and here is no terminal to ask them in. Nothing was changed.
    Run it in one: npm run setup
    Or without it: copy .env.example to .env, fill in DISCORD_TOKEN, start with npm start, and type /setup plex in Discord.
    "
  `)
  expect(await ended).toBe(2)
  expect(await env()).toBeUndefined()
})

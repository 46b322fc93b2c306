import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { discordWorld, startPretendDiscord } from '../src/sandbox/discord/index.ts'
import { startPretendPlex } from '../src/sandbox/plex/start.ts'
import { harborId, ownerToken } from '../src/sandbox/plex/world.ts'
import { temporaryFolder } from './storage/temporary-store.ts'
import { commandLine } from './support/command-line.ts'
import { startMain } from './support/main-process.ts'

async function start(env: Record<string, string>) {
  const started = startMain({ env, cwd: await temporaryFolder() })
  onTestFinished(() => {
    started.child.kill('SIGKILL')
  })
  return started
}

async function services() {
  const discord = await startPretendDiscord({ world: discordWorld() })
  const plex = await startPretendPlex()
  onTestFinished(async () => {
    await discord.close()
    await plex.close()
  })
  const env = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    DISCORD_GUILD_IDS: discord.world.guilds.map(({ id }) => id).join(','),
    PLEX_TOKEN: ownerToken,
    PLEX_SERVER: harborId,
    PLEX_API_URL: plex.url,
  }
  return { discord, plex, env }
}

test('starts, answers, and stops cleanly on SIGTERM with an answer under way', async () => {
  const { discord, plex, env } = await services()
  const { child, prints, ends } = await start(env)
  await prints('Usherr answers')
  plex.faults.latencyMs = 200
  const handle = await discord.person('ada').slash('libraries')
  await handle.acknowledged()
  child.kill('SIGTERM')
  expect((await handle.answered()).content).toContain('Harbor')
  expect(await ends()).toBe(0)
})

test('starts while plex.tv is down, and says so when asked', async () => {
  const { discord, plex, env } = await services()
  await plex.faults.down()
  const { prints } = await start(env)
  await prints('Usherr answers')
  const handle = await discord.person('ada').slash('users')
  expect((await handle.answered()).content).toContain('plex.tv cannot be reached')
})

test('with nothing but a Discord token it starts, and its answers say what to do next', async () => {
  const { discord } = await services()
  const { prints } = await start({ DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.url })
  await prints('Usherr answers')
  const handle = await discord.person('ada').slash('users')
  expect((await handle.answered()).content).toContain('No Plex server is connected')
})

test('names every problem of the configuration at once, never a value, and ends with 1', async () => {
  const { ends, output } = await start({
    PLEX_TOKEN: 'a-secret-value',
    STORAGE_URL: 'nonsense',
    SETTLE_SECONDS: 'soon',
  })
  expect(await ends()).toBe(1)
  for (const variable of ['DISCORD_TOKEN', 'DISCORD_GUILD_IDS', 'STORAGE_URL', 'SETTLE_SECONDS']) {
    expect(output()).toContain(variable)
  }
  expect(output()).not.toContain('a-secret-value')
})

test('a token that Discord refuses ends the process with 1 and the next step, and is not printed', async () => {
  const { env } = await services()
  const wrong = `${env.DISCORD_TOKEN.slice(0, -4)}XXXX`
  const { ends, output } = await start({ ...env, DISCORD_TOKEN: wrong })
  expect(await ends()).toBe(1)
  expect(output()).toContain('DISCORD_TOKEN is not the present token')
  expect(output()).not.toContain(wrong)
})

test('a running bot is backed up and not restored over; once it is stopped it is, and the next one only looks on', {
  timeout: 60_000,
}, async () => {
  const { discord, plex, env } = await services()
  const file = join(await temporaryFolder(), 'usherr.sqlite')
  const store = { STORAGE_URL: `sqlite://${file}` }
  const first = await start({ ...env, ...store })
  await first.prints('Usherr answers')
  const folder = dirname(file)
  const copy = join(folder, 'copy.sqlite')
  expect(await commandLine('src/cli/backup.ts', [copy], store, folder)).toMatchObject({ code: 0, err: '' })
  const refused = await commandLine('src/cli/restore.ts', [copy, '--yes'], store, folder)
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('is in use: the bot runs')])
  first.child.kill('SIGTERM')
  expect(await first.ends()).toBe(0)

  expect(await commandLine('src/cli/restore.ts', [copy, '--yes'], store, folder)).toMatchObject({
    code: 0,
    err: '',
  })
  const second = await start({ ...env, ...store })
  await second.prints('only look on until one of their administrators presses Resume')
  await second.prints('Usherr answers')
  const handle = await discord
    .person('ada')
    .slash('invite', { email: 'new@example.com', libraries: 'Movies' })
  expect((await handle.answered()).content).toContain('restored from a backup')
  expect(plex.ledger).toEqual([])
})

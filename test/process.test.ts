import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { discordWorld, startPretendDiscord } from '../src/sandbox/discord/index.ts'
import { startPretendPlex } from '../src/sandbox/plex/start.ts'
import { harborId, ownerToken } from '../src/sandbox/plex/world.ts'
import { temporaryFolder } from './storage/temporary-store.ts'

/** The process as `npm start` runs it, only not compiled; in a folder of its own, so that no `.env` is found. */
async function start(env: Record<string, string>) {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const loader = import.meta.resolve('tsx')
  const cwd = await temporaryFolder()
  const { PATH } = process.env
  const child = spawn(process.execPath, ['--import', loader, main], {
    cwd,
    env: { ...(PATH === undefined ? {} : { PATH }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL')
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return { child, output: () => output, prints: (text: string) => printed(child, () => output, text) }
}

async function printed(child: ChildProcess, output: () => string, text: string): Promise<void> {
  while (!output().includes(text)) {
    if (child.exitCode !== null) throw new Error(`ended before it printed "${text}":\n${output()}`)
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')])
  }
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'close')
  return child.exitCode
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
  const { child, prints } = await start(env)
  await prints('Usherr answers')
  plex.faults.latencyMs = 200
  const handle = await discord.person('ada').slash('libraries')
  await handle.acknowledged()
  child.kill('SIGTERM')
  expect((await handle.answered()).content).toContain('Harbor')
  expect(await exitCode(child)).toBe(0)
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
  const { child, output } = await start({
    PLEX_TOKEN: 'a-secret-value',
    STORAGE_URL: 'nonsense',
    SETTLE_SECONDS: 'soon',
  })
  expect(await exitCode(child)).toBe(1)
  for (const variable of ['DISCORD_TOKEN', 'DISCORD_GUILD_IDS', 'STORAGE_URL', 'SETTLE_SECONDS']) {
    expect(output()).toContain(variable)
  }
  expect(output()).not.toContain('a-secret-value')
})

test('a token that Discord refuses ends the process with 1 and the next step, and is not printed', async () => {
  const { env } = await services()
  const wrong = `${env.DISCORD_TOKEN.slice(0, -4)}XXXX`
  const { child, output } = await start({ ...env, DISCORD_TOKEN: wrong })
  expect(await exitCode(child)).toBe(1)
  expect(output()).toContain('DISCORD_TOKEN is not the present token')
  expect(output()).not.toContain(wrong)
})

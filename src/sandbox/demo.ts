/**
 * One evening with Usherr: the real bot, over real sockets, with a real SQLite file, against a pretend Discord and a
 * pretend plex.tv. Prints what people say and read, with what plex.tv then holds. Exits with 0 only if every step
 * came out as told. No account is needed and nothing leaves this machine.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../app.ts'
import { loadConfig } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../ops/logger.ts'
import { DemoScript } from './demo-script.ts'
import { demoWorlds } from './demo-worlds.ts'
import { startPretendDiscord } from './discord/index.ts'
import { startPretendPlex } from './plex/start.ts'
import { ownerToken } from './plex/world.ts'

const folder = await mkdtemp(join(tmpdir(), 'usherr-demo-'))
const worlds = demoWorlds()
const plex = await startPretendPlex({ world: worlds.plex })
const discord = await startPretendDiscord({ world: worlds.discord })
const script = new DemoScript(discord, plex)
const clock = aheadClock()

try {
  const config = loadConfig({
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    DISCORD_GUILD_IDS: worlds.discord.guilds.map(({ id }) => id).join(','),
    PLEX_TOKEN: ownerToken,
    PLEX_SERVER: 'Harbor',
    PLEX_API_URL: plex.url,
    STORAGE_URL: `sqlite://${join(folder, 'usherr.sqlite')}`,
    LOG_LEVEL: 'error',
  })
  if (!config.ok) throw new Error(JSON.stringify(config.problem))
  const log = createLogger({ level: 'error' })
  const app = await createApp(config.value, log, { clock })
  if (!app.ok) throw new Error(app.problem.what)
  await app.value.start()
  await tell(app.value)
  await app.value.stop()
} finally {
  await discord.close()
  await plex.close()
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = script.end()

/** The real clock, which the story can put forward. */
function aheadClock() {
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    wait: systemClock.wait,
    pass(ms: number) {
      aheadMs += ms
    },
  }
}

async function tell(app: App): Promise<void> {
  script.scene('olive owns the Discord server. She says once who may what.')
  for (const [role, level] of [
    ['Managers', 'manager'],
    ['Friends', 'member'],
  ]) {
    await script.asks('olive', 'settings roles', { role: { role: role ?? '' }, level: level ?? '' })
  }
  script.expect('the manager level was bound', () => script.lastAnswer.includes('manager: @Managers'))

  script.scene('dora is a manager. She invites alice to the movies.')
  await script.typing('dora', 'invite', 'libraries', 'mov')
  await script.asks('dora', 'invite', {
    member: { user: 'alice' },
    email: 'alice@example.com',
    libraries: 'Movies',
  })
  script.readsDm('alice')
  script.expect('plex.tv holds one pending invitation', () =>
    script.holds('alice@example.com', 'pending', 'Movies'),
  )

  script.scene('alice follows the steps and accepts.')
  plex.accept('alice@example.com')
  script.showsPlex()
  script.expect('alice has access', () => script.holds('alice@example.com', 'active', 'Movies'))

  script.scene('dora gives her one library more.')
  const open = await script.asks('dora', 'libraries', { who: 'alice@example.com' })
  const chosen = await script.selects('dora', open, 'Libraries', ['Movies', 'Music'])
  await script.presses('dora', chosen, 'Save')
  script.expect('alice has both', () => script.holds('alice@example.com', 'active', 'Movies, Music'))

  script.scene('mallory has no right to do that.')
  await script.asks('mallory', 'invite', { email: 'mallory@example.com', libraries: 'all' })
  script.expect('nothing reached plex.tv', () => !script.holds('mallory@example.com'))

  script.scene('dora invites bob by mistake, and takes it back.')
  await script.asks('dora', 'invite', { email: 'bob@example.com', libraries: 'Movies, TV Shows' })
  const question = await script.asks('dora', 'revoke', { who: 'bob@example.com' })
  await script.presses('dora', question, 'Cancel the invitation')
  script.expect('the invitation is gone', () => !script.holds('bob@example.com'))

  script.scene('plex.tv goes down while dora invites carol.')
  await plex.faults.down()
  await script.asks('dora', 'invite', { email: 'carol@example.com', libraries: 'TV Shows' })
  script.expect(
    'it says so, and has kept the wish',
    () => script.lastAnswer.includes('cannot be reached') && script.lastAnswer.includes('kept'),
  )
  script.expect('plex.tv got nothing', () => !script.holds('carol@example.com'))

  script.scene('Two minutes later plex.tv is back. Nobody has to do anything.')
  await plex.faults.up()
  clock.pass(2 * 60_000)
  await app.tick()
  script.showsPlex()
  script.readsDm('dora')
  script.expect('carol is invited, once', () => script.holds('carol@example.com', 'pending', 'TV Shows'))

  script.scene('Who has what, at the end of the evening?')
  await script.asks('dora', 'users')
  script.expect('alice and carol, and nobody else', () => script.lastAnswer.includes('2 people'))
  script.expect('Discord found no rule broken', () => discord.problems.length === 0)
}

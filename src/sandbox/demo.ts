/**
 * One evening with Usherr: the real bot, over real sockets, with a real SQLite file, against a pretend Discord and a
 * pretend plex.tv. Prints what people say and read, with what plex.tv then holds. Exits with 0 only if every step
 * came out as told. No account is needed and nothing leaves this machine.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
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

const env = {
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.url,
  DISCORD_GUILD_IDS: worlds.discord.guilds.map(({ id }) => id).join(','),
  PLEX_TOKEN: ownerToken,
  PLEX_SERVER: 'Harbor',
  PLEX_API_URL: plex.url,
  STORAGE_URL: `sqlite://${join(folder, 'usherr.sqlite')}`,
  LOG_LEVEL: 'error',
}

try {
  await tell(await start())
} finally {
  await discord.close()
  await plex.close()
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = script.end()

/** The bot in this process, on a clock that the story can put forward. */
async function start(): Promise<App> {
  const config = loadConfig(env)
  if (!config.ok) throw new Error(JSON.stringify(config.problem))
  const app = await createApp(config.value, createLogger({ level: 'error' }), { clock })
  if (!app.ok) throw new Error(app.problem.what)
  await app.value.start()
  return app.value
}

/** The bot in a process of its own, which can be killed. */
async function startProcess(settings: Record<string, string>): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main], {
    cwd: folder,
    env: { ...process.env, ...settings, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('Usherr answers')) return child
  }
  throw new Error('the process ended before it answered')
}

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
    ['Reviewers', 'reviewer'],
    ['Friends', 'member'],
  ] as const) {
    await script.asks('olive', 'settings roles', { role: { role }, level })
  }
  script.expect('the manager level was bound', () => script.lastAnswer.includes('manager: @Managers'))
  await script.asks('olive', 'settings channels', { reviewers: { channel: 'reviews' } })

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

  script.scene('erik may only ask. His request goes to the reviewers.')
  const asking = await script.asks('erik', 'request', {
    libraries: 'Movies, TV Shows',
    note: 'dora knows me',
  })
  await script.fills('erik', asking, 'Tell my Plex account', { account: 'erik@example.com' })
  const card = script.readsChannel('reviews')
  script.expect('nothing reached plex.tv', () => !script.holds('erik@example.com'))

  script.scene('rob approves, but gives something else, and not for ever.')
  const panel = await script.presses('rob', card, 'Approve with changes')
  await script.selects('rob', panel, 'Libraries', ['TV Shows'])
  const changed = await script.selects('rob', panel, 'How long', ['30 days'])
  await script.presses('rob', changed, 'Approve this')
  script.readsChannel('reviews')
  script.readsDm('erik')
  script.expect('erik is invited to what rob gave', () =>
    script.holds('erik@example.com', 'pending', 'TV Shows'),
  )

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

  script.scene(
    'The process is killed (kill -9) while dora invites frida: plex.tv did it, and the answer is lost.',
  )
  await app.stop()
  const killed = await startProcess(env)
  const creating = { method: 'POST', route: '/api/v2/shared_servers' }
  const hanging = plex.faults.once(creating, { fault: 'hangs', isDone: true })
  const sent = plex.count(creating)
  await script.asksInVain('dora', 'invite', { email: 'frida@example.com', libraries: 'Music' })
  await plex.arrival(creating, sent + 1)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  hanging.release()
  script.says('kill -9', 'the bot is gone; dora reads "thinking…" for ever')
  script.showsPlex()

  script.scene('It is started again. It looks before it sends, so frida is not invited twice.')
  const again = await start()
  clock.pass(3 * 60_000)
  await again.tick()
  script.readsDm('dora')
  script.expect('frida is invited', () => script.holds('frida@example.com', 'pending', 'Music'))
  script.expect('plex.tv was asked once', () => plex.count(creating) === sent + 1)

  script.scene('Who has what, at the end of the evening?')
  await script.asks('dora', 'users')
  script.expect('four people, as told', () => script.lastAnswer.includes('4 people'))
  script.expect('Discord found no rule broken', () => discord.problems.length === 0)
  await again.stop()
}

import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { foreseeInstallation } from '../../src/cli/installation.ts'
import { discordWorld, startPretendDiscord } from '../../src/sandbox/discord/index.ts'
import { startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { harborId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { plexfriendsFiles } from '../peers/peer-files.ts'
import { newKey, temporaryFolder } from '../storage/temporary-store.ts'
import { commandLine } from '../support/command-line.ts'
import { type MainProcess, startMain } from '../support/main-process.ts'
import { describeWithPostgres } from '../support/servers/postgres.ts'
import { describeWithRedis, startRedis } from '../support/servers/redis.ts'

interface KindOfServer {
  kind: string
  /** A new, empty store. */
  newUrl(): Promise<string>
  /** Everything that lies in it, by its names. */
  names(url: string): Promise<readonly unknown[]>
  insteadOfBackup: RegExp
}

describeWithPostgres('the whole program on PostgreSQL', (server) => {
  programOn({
    kind: 'PostgreSQL',
    newUrl: async () => server().url(await server().newDatabase()),
    names: async (url) =>
      (
        await server().ask(
          new URL(url).pathname.slice(1),
          "SELECT relname FROM pg_class WHERE relname LIKE 'usherr%' ORDER BY relname",
        )
      ).map(({ relname }) => relname),
    insteadOfBackup: /pg_dump/u,
  })
})

const redisPassword = 'p4ssw0rd-of-redis'
describeWithRedis('the whole program on Redis', () => {
  const servers = new Map<string, () => Promise<unknown>>()
  programOn({
    kind: 'Redis',
    async newUrl() {
      const server = await startRedis({ requirepass: redisPassword })
      const url = server.url.replace('redis://', `redis://:${redisPassword}@`)
      servers.set(url, () => server.as(redisPassword)('KEYS', '*'))
      return url
    },
    async names(url) {
      const found = await servers.get(url)?.()
      return Array.isArray(found) ? found : []
    },
    insteadOfBackup: /append-only files/u,
  })
})

function programOn(server: KindOfServer): void {
  const { kind, newUrl, names, insteadOfBackup } = server
  setUpOn(server)

  async function installation() {
    const [url, folder] = [await newUrl(), await temporaryFolder()]
    const run = async (tool: string, ...args: string[]) => {
      const environment = { STORAGE_URL: url, ...(await services) }
      const said = await commandLine(`src/cli/${tool}.ts`, args, environment, folder)
      expectNoPassword(url, said.out + said.err)
      return { code: said.code, out: said.out + said.err }
    }
    const services = startServices()
    const startBot = async (): Promise<MainProcess> => {
      const bot = startMain({ env: { STORAGE_URL: url, ...(await services) }, cwd: folder })
      onTestFinished(() => {
        bot.child.kill('SIGKILL')
        expectNoPassword(url, bot.output())
      })
      return bot
    }
    return { url, folder, run, startBot }
  }

  /** Each of them starts several processes. */
  const timeout = 180_000

  test(`a bot starts on ${kind}, keeps a second one out, and lets it in when it has stopped`, {
    timeout,
  }, async () => {
    const { url, folder, startBot } = await installation()
    const first = await startBot()
    await first.prints('Usherr answers')
    expect(await names(url)).not.toEqual([])
    expect((await readdir(join(folder, 'data'))).sort()).toEqual(['encryption.key', 'usherr.forgotten'])
    const second = await startBot()
    expect(await second.ends()).toBe(1)
    expect(second.output()).toContain('Another bot')
    expect(second.output()).toContain('Stop the other')
    expect(first.child.exitCode).toBeNull()
    first.child.kill('SIGTERM')
    expect(await first.ends()).toBe(0)
    const third = await startBot()
    await third.prints('Usherr answers')
  })

  test(`npm run keys lists, checks and rotates on ${kind}, and not while a bot runs`, {
    timeout,
  }, async () => {
    const { folder, run, startBot } = await installation()
    expect(await run('keys', 'list')).toMatchObject({
      code: 1,
      out: expect.stringContaining('There is no database'),
    })
    const bot = await startBot()
    await bot.prints('Usherr answers')
    expect(await run('keys', 'check')).toMatchObject({ code: 0 })
    const before = await readFile(join(folder, 'data/encryption.key'), 'utf8')
    expect(await run('keys', 'rotate')).toMatchObject({
      code: 1,
      out: expect.stringContaining('Stop the other'),
    })
    bot.child.kill('SIGTERM')
    await bot.ends()
    const rotated = await run('keys', 'rotate')
    expect(rotated).toMatchObject({ code: 0, out: expect.stringContaining('now holds the new key') })
    const after = await readFile(join(folder, 'data/encryption.key'), 'utf8')
    expect(after.split('\n').filter(Boolean)).toHaveLength(1)
    expect(after).not.toBe(before)
    expect(await run('keys', 'list')).toMatchObject({
      code: 0,
      out: expect.not.stringContaining('NOT AT HAND'),
    })
    expect(await run('keys', 'check')).toMatchObject({ code: 0, out: expect.stringContaining('can be read') })
    const again = await startBot()
    await again.prints('Usherr answers')
  })

  test(`npm run backup and restore say what to use for ${kind}, and make nothing`, { timeout }, async () => {
    const { url, folder, run } = await installation()
    const said = await run('backup')
    expect(said.code).toBe(1)
    expect(said.out).toMatch(insteadOfBackup)
    expect(said.out).toContain('encryption.key')
    await writeFile(join(folder, 'a.sqlite'), '')
    const restored = await run('restore', 'a.sqlite', '--yes')
    expect(restored.code).toBe(1)
    expect(restored.out).toContain('Nothing was restored.')
    expect(restored.out).toContain('Stop the bot')
    expect(await names(url)).toEqual([])
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })

  test(`npm run doctor looks at ${kind} and makes nothing, neither in a new one nor beside a bot`, {
    timeout,
  }, async () => {
    const { url, folder, run, startBot } = await installation()
    const line = (out: string, title: string) =>
      out.split('\n').find((each) => each.slice(9).startsWith(title)) ?? ''
    const fresh = await run('doctor')
    expect(line(fresh.out, 'Store')).toMatch(/^fine .*the first start makes what is needed/u)
    expect(await names(url)).toEqual([])
    expect(existsSync(join(folder, 'data'))).toBe(false)
    const bot = await startBot()
    await bot.prints('Usherr answers')
    expect(line((await run('doctor')).out, 'Store')).toMatch(/^fine .*rows can be read/u)
    bot.child.kill('SIGTERM')
    expect(await bot.ends()).toBe(0)
    const before = await names(url)
    const looked = await run('doctor')
    expect(line(looked.out, 'Store')).toMatch(/^fine .*rows can be read/u)
    expect(line(looked.out, 'Key of the store')).toMatch(/^fine .*encryption\.key fits/u)
    expect(line(looked.out, 'Settings')).toMatch(/^fine/u)
    expect(await names(url)).toEqual(before)
  })

  test(`npm run import writes into ${kind} beside a bot that runs, once there is a store`, {
    timeout,
  }, async () => {
    const { run, folder, startBot } = await installation()
    const file = await plexfriendsFiles(folder, { members: { '300000000000000009': 'mira@example.com' } })
    expect(await run('import', 'plexfriends', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('There is no database of Usherr at'),
    })
    const bot = await startBot()
    await bot.prints('Usherr answers')
    const imported = await run('import', 'plexfriends', file)
    expect(imported.out).toContain('Nothing was changed at plex.tv.')
    expect(imported.out).not.toContain('in use')
  })
}

/** They do not start a bot, so they run in this process; with a key that is given they write no file. */
function setUpOn({ kind, newUrl, names }: KindOfServer): void {
  test(`npm run setup foresees a store on ${kind}, makes it only at the end, and finds it again`, async () => {
    const url = await newUrl()
    const environment = { STORAGE_URL: url, ENCRYPTION_KEY: newKey() }
    const foreseen = await foreseeInstallation(environment)
    if (!foreseen.ok) throw new Error(foreseen.problem)
    expect(await names(url)).toEqual([])
    expect(await foreseen.value.make()).toMatchObject({ ok: true })
    expect(await names(url)).not.toEqual([])
    const again = await foreseeInstallation(environment)
    expect(again).toMatchObject({
      ok: true,
      value: { clientIdentifier: foreseen.value.clientIdentifier, connections: [] },
    })
    expect(await foreseeInstallation({ ...environment, ENCRYPTION_KEY: newKey() })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('not the one that this database was written with'),
    })
  })
}

async function startServices(): Promise<Record<string, string>> {
  const discord = await startPretendDiscord({ world: discordWorld() })
  const plex = await startPretendPlex()
  onTestFinished(async () => {
    await discord.close()
    await plex.close()
  })
  return {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    DISCORD_GUILD_IDS: discord.world.guilds.map(({ id }) => id).join(','),
    PLEX_TOKEN: ownerToken,
    PLEX_SERVER: harborId,
    PLEX_API_URL: plex.url,
  }
}

function expectNoPassword(url: string, text: string): void {
  const { password } = new URL(url)
  expect(password).not.toBe('')
  for (const form of [password, decodeURIComponent(password), 'p4ss']) expect(text).not.toContain(form)
}

import { expect, it, onTestFinished } from 'vitest'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { openRedisLook } from '../../src/storage/redis/look.ts'
import { openRedis } from '../../src/storage/redis/open.ts'
import { describeWithRedis, type RedisServer, startRedis } from '../support/servers/redis.ts'

/** Everything that lies in it. */
const dumpOf = async (server: RedisServer) => {
  const names = await server.ask('KEYS', '*')
  if (!Array.isArray(names)) throw new Error('no list of keys')
  return Promise.all(names.sort().map((name) => server.ask('DUMP', String(name))))
}

async function look(server: RedisServer) {
  const opened = await openRedisLook(server.url)
  onTestFinished(() => opened?.database.close())
  return opened
}

describeWithRedis('a Redis that is only looked at', () => {
  it('is not begun by that', async () => {
    const server = await startRedis()
    expect(await look(server)).toBeUndefined()
    expect(await server.ask('DBSIZE')).toBe(0)
  })

  it('is read beside a bot that works on it, and not changed', async () => {
    const server = await startRedis()
    const bot = await openRedis(server.url)
    onTestFinished(() => bot.close())
    await bot.rows('notes').swap([{ key: 'a', from: undefined, to: '1' }])
    const before = await dumpOf(server)

    const looked = await look(server)
    const rows = looked?.database.rows('notes')
    expect(await looked?.database.namespaces()).toEqual(['notes'])
    expect(await rows?.get('a')).toBe('1')
    expect(await rows?.range('')).toEqual([{ key: 'a', text: '1' }])
    expect(await looked?.database.rows('never').range('')).toEqual([])
    await expect(rows?.swap([{ key: 'a', from: '1', to: '2' }])).rejects.toBeInstanceOf(StoreUnavailable)
    await looked?.assertWritable()
    expect(await dumpOf(server)).toEqual(before)
  })

  it('is said not to be writable where it is not, and can still be read', async () => {
    const server = await startRedis()
    const bot = await openRedis(server.url)
    await bot.rows('notes').swap([{ key: 'a', from: undefined, to: '1' }])
    await bot.close()
    await server.configure('maxmemory', '1')
    const looked = await look(server)
    await expect(looked?.assertWritable()).rejects.toMatchObject({ cause: { problem: { kind: 'full' } } })
    expect(await looked?.database.rows('notes').get('a')).toBe('1')
    await server.configure('maxmemory', '0')
    await server.configure('appendonly', 'no')
    await expect(looked?.assertWritable()).rejects.toMatchObject({
      cause: { problem: { kind: 'losesWrites' } },
    })
  })

  it('says where nothing answers', async () => {
    const server = await startRedis()
    await server.stop()
    await expect(openRedisLook(server.url)).rejects.toMatchObject({
      name: 'ServerFailed',
      problem: { kind: 'outOfReach' },
    })
  })
})

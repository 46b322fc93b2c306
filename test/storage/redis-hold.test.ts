import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { openRedis } from '../../src/storage/redis/open.ts'
import { describeWithRedis, startRedis, watchedLog } from '../support/servers/redis.ts'

/** Short, so that nobody waits long; and long enough to be renewed on a busy machine. */
const holdForMs = 1500

async function bot(url: string, log = silentLog) {
  const database = await openRedis(url, { log, holdForMs })
  onTestFinished(() => database.close())
  return { database, rows: database.rows('notes'), hold: () => database.holdAlone() }
}

const held = { ok: true, value: undefined }
const inUse = { ok: false, problem: { kind: 'inUse', what: expect.any(String), next: expect.any(String) } }

describeWithRedis('one bot at a time on a Redis', () => {
  it('is the first that asks; the others are told, until it is closed', async () => {
    const { url } = await startRedis()
    const [first, second] = [await bot(url), await bot(url)]
    expect(await first.hold()).toEqual(held)
    expect(await first.hold()).toEqual(held)
    expect(await second.hold()).toMatchObject(inUse)
    await first.database.close()
    expect(await second.hold()).toEqual(held)
    expect(await second.rows.swap([{ key: 'a', from: undefined, to: '1' }])).toBe(true)
  })

  it('is one of many that ask at once', async () => {
    const { url } = await startRedis()
    const bots = await Promise.all(Array.from({ length: 5 }, () => bot(url)))
    const asked = await Promise.all(bots.map(({ hold }) => hold()))
    expect(asked.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('keeps nobody waiting longer than its time when it was killed', async () => {
    const server = await startRedis()
    // What a killed bot leaves: its key, which nobody renews.
    await server.ask('SET', '{usherr}:holder', 'of a killed bot', 'PX', '500')
    expect(await (await bot(server.url)).hold()).toEqual(held)
  })

  it('does not keep those out who do not ask for it, such as an import', async () => {
    const { url } = await startRedis()
    const [first, tool] = [await bot(url), await bot(url)]
    await first.hold()
    expect(await tool.rows.swap([{ key: 'a', from: undefined, to: '1' }])).toBe(true)
    expect(await first.rows.get('a')).toBe('1')
  })

  it('takes its hold again where it lapsed and nobody else had it', async () => {
    const server = await startRedis()
    const { hold, rows } = await bot(server.url)
    await hold()
    const token = await server.ask('GET', '{usherr}:holder')
    await server.ask('DEL', '{usherr}:holder')
    expect(await rows.swap([{ key: 'a', from: undefined, to: '1' }])).toBe(true)
    expect(await server.ask('GET', '{usherr}:holder')).toBe(token)
  })

  describe('that stood still for too long', () => {
    it('writes nothing while another one works, and nothing afterwards', async () => {
      const server = await startRedis()
      const log = watchedLog()
      const [old, next] = [await bot(server.url, log), await bot(server.url)]
      await old.hold()
      await old.rows.swap([{ key: 'a', from: undefined, to: '1' }])
      await server.ask('DEL', '{usherr}:holder')
      // Between the two it may have been renewed; then its time has to end once more.
      while (!(await next.hold()).ok) await server.ask('DEL', '{usherr}:holder')
      await expect(old.rows.swap([{ key: 'a', from: '1', to: 'late' }])).rejects.toBeInstanceOf(
        StoreUnavailable,
      )
      await expect(old.rows.swap([{ key: 'a', from: '1', to: 'late' }])).rejects.toThrow(/INUSE/)
      await expect(old.database.assertInPlace()).rejects.toThrow(/INUSE/)
      await next.database.assertInPlace()
      expect(await old.rows.get('a')).toBe('1')
      await log.logged('Another bot has taken over this Redis; this one writes nothing more')

      await next.rows.swap([{ key: 'a', from: '1', to: '2' }])
      await next.database.close()
      await expect(old.rows.swap([{ key: 'a', from: '2', to: 'late' }])).rejects.toBeInstanceOf(
        StoreUnavailable,
      )
      expect(await old.rows.get('a')).toBe('2')
    })

    it('does not take away what the next one has when it is closed', async () => {
      const server = await startRedis()
      const [old, next] = [await bot(server.url), await bot(server.url)]
      await old.hold()
      await server.ask('DEL', '{usherr}:holder')
      while (!(await next.hold()).ok) await server.ask('DEL', '{usherr}:holder')
      const token = await server.ask('GET', '{usherr}:holder')
      await old.database.close()
      expect(await server.ask('GET', '{usherr}:holder')).toBe(token)
    })
  })
})

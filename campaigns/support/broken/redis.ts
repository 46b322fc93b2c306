import { launchRedis, type RedisServer } from '../../../test/support/servers/redis.ts'
import { surroundings } from '../whole-bot.ts'
import type { BreakableStore, BrokenStart, Fault } from './breakable.ts'
import { withoutItsKey } from './postgres.ts'

export async function breakableRedis(): Promise<BreakableStore> {
  const server = await launchRedis({ appendfsync: 'always' })
  return {
    kind: 'Redis',
    faults: faultsOf(server),
    starts: startsOf(server),
    async surroundings() {
      await server.ask('FLUSHALL')
      return surroundings({ storageUrl: server.url })
    },
    remove: server.remove,
  }
}

function faultsOf(server: RedisServer): readonly Fault[] {
  /** Breaks by the first and mends by the second; the bot lives on. */
  const fault = (
    name: string,
    mayRead: boolean,
    doIt: () => Promise<unknown> | unknown,
    undoIt: () => Promise<unknown> | unknown,
  ): Fault => ({
    name,
    mayRead,
    async breaks(_, bot) {
      await doIt()
      return async () => {
        await undoIt()
        return bot
      }
    },
  })
  const inEach = async (script: string) => {
    const found = await server.ask('KEYS', '{usherr}:*:rows')
    for (const key of Array.isArray(found) ? found : []) await server.ask('EVAL', script, '1', String(key))
  }

  return [
    fault(
      'locked by another program',
      false,
      async () => {
        await server.configure('busy-reply-threshold', '1')
        void server.ask('EVAL', 'while true do end', '0').catch(() => {})
        const answers = () =>
          server.ask('PING').then(
            () => true,
            () => false,
          )
        while (await answers());
      },
      () => server.ask('SCRIPT', 'KILL'),
    ),
    {
      name: 'damaged',
      mayRead: true,
      needsFreshBot: true,
      async breaks(on, bot) {
        await inEach(`redis.call('COPY', KEYS[1], 'whole:' .. KEYS[1])
          local all = redis.call('HGETALL', KEYS[1])
          for at = 1, #all, 2 do redis.call('HSET', KEYS[1], all[at], string.reverse(all[at + 1])) end`)
        return async () => {
          bot.kill('SIGKILL')
          await bot.ends()
          await inEach("redis.call('RENAME', 'whole:' .. KEYS[1], KEYS[1])")
          return on.start()
        }
      },
    },
    fault(
      'full',
      true,
      () => server.configure('maxmemory', '1'),
      () => server.configure('maxmemory', '0'),
    ),
    fault(
      'read-only',
      true,
      () => server.configure('min-replicas-to-write', '1'),
      () => server.configure('min-replicas-to-write', '0'),
    ),
    fault(
      'missing',
      false,
      () => server.ask('SWAPDB', '0', '1'),
      () => server.ask('SWAPDB', '0', '1'),
    ),
    fault('stopped', false, server.stop, server.start),
    fault('killed', false, server.kill, server.start),
    fault('frozen', false, server.freeze, server.thaw),
  ]
}

function startsOf(server: RedisServer): readonly BrokenStart[] {
  const set = (name: string, setting: string, broken: string, usual: string): BrokenStart => ({
    name,
    async breaks() {
      await server.configure(setting, broken)
      return { mend: () => server.configure(setting, usual) }
    },
  })
  return [
    {
      name: 'stopped',
      async breaks() {
        await server.stop()
        return { mend: server.start }
      },
    },
    set('forgetful', 'appendonly', 'no', 'yes'),
    set('one that throws away', 'maxmemory-policy', 'allkeys-lru', 'noeviction'),
    set('read-only', 'min-replicas-to-write', '1', '0'),
    withoutItsKey,
  ]
}

import { describe, expect, test } from 'vitest'
import { createConnections } from '../src/connections.ts'
import { type AccountId, type GuildId, id, type MemberId, type ServerId } from '../src/lib/ids.ts'
import { ok, problem } from '../src/lib/result.ts'
import {
  type ConnectedAccount,
  type GuildConnections,
  noConnections,
  withAccount,
  withFirst,
  withServersOf,
} from '../src/sharing/guild-connections.ts'
import type { LibrarySharing } from '../src/sharing/ports.ts'
import { remembered } from '../src/storage/remembered.ts'
import { parseConnections } from '../src/storage/shapes.ts'
import { storeIn, temporaryFile } from './storage/temporary-store.ts'

const one = id<GuildId>('1')
const two = id<GuildId>('2')
const harbor = { serverId: id<ServerId>('h'.repeat(40)), name: 'Harbor' }
const lighthouse = { serverId: id<ServerId>('l'.repeat(40)), name: 'Lighthouse' }
const namesake = { serverId: id<ServerId>('n'.repeat(40)), name: 'harbor' }
const olive: ConnectedAccount = {
  accountId: id<AccountId>('10'),
  username: 'olive_plex',
  token: 'a token',
  linkedBy: id<MemberId>('4'),
  linkedAt: new Date(0),
}

/** What a connection would be; only its names matter here. */
const sharingOf = (serverId: string, serverName: string) =>
  ({ serverId, serverName, lastRead: () => ({}) }) as unknown as LibrarySharing // No test here asks it anything.

const connectedWith = (guildId: GuildId, ...servers: (typeof harbor)[]) =>
  withServersOf(withAccount(noConnections(guildId), olive), olive.accountId, servers)

async function world(
  records: readonly GuildConnections[],
  options: {
    environment?: readonly GuildId[]
    members?: readonly GuildId[]
    fails?: () => boolean
    lost?: readonly string[]
  } = {},
) {
  const store = await storeIn(await temporaryFile())
  const { documents, known } = await remembered(
    store.collection('connections', parseConnections),
    ({ guildId }) => guildId,
  )
  for (const record of records) await documents.update(record.guildId, () => record)
  const tokens: string[] = []
  const connections = createConnections({
    records: known,
    ...(options.members ? { isMember: (guildId) => options.members?.includes(guildId) ?? false } : {}),
    environment: options.environment && {
      guildIds: options.environment,
      connect: async () => ok(sharingOf(harbor.serverId, 'Harbor')),
    },
    connectTo: async ({ token }, { serverId, name }) => {
      tokens.push(token)
      if (options.lost?.includes(name)) {
        return problem({ problem: 'serverUnknown' as const, asked: serverId, servers: ['Lighthouse'] })
      }
      return options.fails?.() ? problem({ problem: 'notSetUp' as const }) : ok(sharingOf(serverId, name))
    },
  })
  const namesOf = async (guildId: GuildId) =>
    (await connections.all(guildId)).flatMap((each) => (each.ok ? [each.value.serverName] : []))
  return { connections, records: documents, tokens, namesOf }
}

describe('which servers a guild may share', () => {
  test('those it was connected with, the first where none is named', async () => {
    const { connections } = await world([connectedWith(one, harbor, lighthouse)])
    expect(await connections.of(one)).toMatchObject({ value: { serverName: 'Harbor' } })
    expect(await connections.of(one, 'lightHOUSE ')).toMatchObject({ value: { serverName: 'Lighthouse' } })
    expect(await connections.of(one, lighthouse.serverId)).toMatchObject({
      value: { serverName: 'Lighthouse' },
    })
    expect(await connections.of(one, 'Cabin')).toEqual(
      problem({ problem: 'serverUnknown', asked: 'Cabin', servers: ['Harbor', 'Lighthouse'] }),
    )
  })

  test('and no other guild’s, by no name and no id', async () => {
    const { connections, namesOf } = await world([connectedWith(one, harbor), connectedWith(two, lighthouse)])
    expect(await namesOf(two)).toEqual(['Lighthouse'])
    for (const asked of ['Harbor', harbor.serverId]) {
      expect(await connections.of(two, asked)).toMatchObject({ problem: { problem: 'serverUnknown' } })
    }
    expect(await connections.of(id<GuildId>('3'))).toEqual(problem({ problem: 'notSetUp' }))
    expect(connections.guildIds()).toEqual([one, two])
  })

  test('two of one name are not guessed', async () => {
    const { connections } = await world([connectedWith(one, harbor, namesake)])
    expect(await connections.of(one, 'Harbor')).toMatchObject({ problem: { problem: 'serverAmbiguous' } })
    expect(await connections.of(one, namesake.serverId)).toMatchObject({ ok: true })
  })

  test('the environment’s is for the guilds that it names; where it is the guild’s own as well, it is there once', async () => {
    const { connections, namesOf } = await world([connectedWith(one, harbor, lighthouse)], {
      environment: [one],
    })
    expect(await namesOf(one)).toEqual(['Harbor', 'Lighthouse'])
    expect(connections.connected(one)).toHaveLength(2)
    expect(await connections.of(two)).toEqual(problem({ problem: 'notSetUp' }))
  })

  test('none in a guild that the bot is not in', async () => {
    const { connections } = await world([connectedWith(one, harbor), connectedWith(two, lighthouse)], {
      environment: [one],
      members: [two],
    })
    expect(await connections.of(one)).toEqual(problem({ problem: 'notSetUp' }))
    expect(connections.guildIds()).toEqual([two])
  })
})

describe('a connection', () => {
  test('is made once, however many ask at the same time', async () => {
    const { connections, tokens } = await world([connectedWith(one, harbor)])
    await Promise.all([connections.of(one), connections.of(one), connections.all(one)])
    await connections.of(one, 'Harbor')
    expect(tokens).toEqual(['a token'])
  })

  test('to a server that its account has given away names none of the account’s others', async () => {
    const { connections } = await world([connectedWith(one, harbor)], { lost: ['Harbor'] })
    const lost = problem({ problem: 'serverLost', name: 'Harbor' })
    expect(await connections.of(one)).toEqual(lost)
    expect(await connections.of(one, 'Cabin')).toEqual(lost)
  })

  test('that failed is made again at the next need', async () => {
    let isDown = true
    const { connections } = await world([connectedWith(one, harbor)], { fails: () => isDown })
    expect((await connections.of(one)).ok).toBe(false)
    isDown = false
    expect((await connections.of(one)).ok).toBe(true)
  })

  test('is made anew with a new sign-in, and is gone with its server', async () => {
    const { connections, records, tokens } = await world([connectedWith(one, harbor, lighthouse)])
    await connections.of(one)
    const again = { ...olive, token: 'another token', linkedAt: new Date(1) }
    await records.update(one, (current) => current && withAccount(current, again))
    await connections.of(one)
    expect(tokens).toEqual(['a token', 'another token'])
    await records.update(one, (current) => current && withServersOf(current, olive.accountId, [lighthouse]))
    expect(await connections.of(one, harbor.serverId)).toMatchObject({ ok: false })
    await records.remove(one)
    expect(await connections.of(one)).toEqual(problem({ problem: 'notSetUp' }))
  })
})

test('servers keep their places, another account’s are left alone, and one can be put first', () => {
  const other = { ...olive, accountId: id<AccountId>('11') }
  const both = withServersOf(withAccount(connectedWith(one, harbor, lighthouse), other), other.accountId, [
    namesake,
  ])
  const names = ({ servers }: GuildConnections) => servers.map(({ name }) => name)
  expect(names(both)).toEqual(['Harbor', 'Lighthouse', 'harbor'])
  expect(names(withServersOf(both, olive.accountId, [lighthouse]))).toEqual(['Lighthouse', 'harbor'])
  expect(names(withFirst(both, namesake.serverId))).toEqual(['harbor', 'Harbor', 'Lighthouse'])
})

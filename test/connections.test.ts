import { describe, expect, test, vi } from 'vitest'
import { createConnections } from '../src/connections.ts'
import {
  type AccountId,
  type GuildId,
  id,
  type LibraryId,
  type MemberId,
  type ServerId,
  type ShareId,
} from '../src/lib/ids.ts'
import { ok, problem } from '../src/lib/result.ts'
import {
  type ConnectedAccount,
  type GuildConnections,
  noConnections,
  withAccount,
  withFirst,
  withServersOf,
} from '../src/sharing/guild-connections.ts'
import type { Library, LibrarySharing, Trouble } from '../src/sharing/ports.ts'
import { rememberedServerKey } from '../src/sharing/remembered-server.ts'
import { remembered } from '../src/storage/remembered.ts'
import { parseConnections, parseRememberedServer } from '../src/storage/shapes.ts'
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

const movies: Library = { id: id<LibraryId>('1'), type: 'movie', title: 'Movies' }
const owner = { accountId: olive.accountId, username: 'olive_plex', email: 'olive@example.com' }
const down = { kind: 'unreachable' as const, mayHaveHappened: false }

/** What a connection would be; only its names, and what it read last, matter here. */
const sharingOf = (serverId: string, serverName: string, readAt = new Date(0)) =>
  ({
    serverId,
    serverName,
    owner,
    lastRead: () => ({ libraries: [movies], librariesReadAt: readAt }),
  }) as unknown as LibrarySharing // No test here asks it anything else.

const connectedWith = (guildId: GuildId, ...servers: (typeof harbor)[]) =>
  withServersOf(withAccount(noConnections(guildId), olive), olive.accountId, servers)

async function world(
  records: readonly GuildConnections[],
  options: {
    environment?: readonly GuildId[]
    members?: readonly GuildId[]
    fails?: () => boolean
    lost?: readonly string[]
    /** plex.tv is out of reach, or says this instead. */
    trouble?: () => Trouble | undefined
    file?: string
    readAt?: () => Date
    fingerprint?: string
  } = {},
) {
  const store = await storeIn(options.file ?? (await temporaryFile()))
  const memory = await remembered(store.collection('servers', parseRememberedServer), rememberedServerKey)
  const writes = vi.spyOn(memory.documents, 'update')
  const attempt = (made: LibrarySharing) => {
    const trouble = options.trouble?.()
    return trouble ? problem({ problem: 'trouble' as const, trouble }) : ok(made)
  }
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
      connect: async () => attempt(sharingOf(harbor.serverId, 'Harbor')),
      ...(options.fingerprint === undefined ? {} : { fingerprint: options.fingerprint }),
    },
    memory: { known: memory.known, documents: memory.documents },
    connectTo: async ({ token }, { serverId, name }) => {
      tokens.push(token)
      if (options.lost?.includes(name)) {
        return problem({ problem: 'serverUnknown' as const, asked: serverId, servers: ['Lighthouse'] })
      }
      return options.fails?.()
        ? problem({ problem: 'notSetUp' as const })
        : attempt(sharingOf(serverId, name, options.readAt?.()))
    },
  })
  const namesOf = async (guildId: GuildId) =>
    (await connections.all(guildId)).flatMap((each) => (each.ok ? [each.value.serverName] : []))
  return { connections, records: documents, tokens, namesOf, memory, writes }
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

describe('what was learnt of a server', () => {
  /** Harbor was connected, and what was learnt is kept; then the process ends. */
  async function learnt(options: Parameters<typeof world>[1] = {}) {
    const file = await temporaryFile()
    const before = await world([connectedWith(one, harbor)], { ...options, file })
    await before.connections.of(one)
    await before.connections.remember()
    return { file, before }
  }

  test('is enough to decide by after a restart while plex.tv is out of reach, and for nothing else', async () => {
    const { file } = await learnt()
    const { connections } = await world([connectedWith(one, harbor)], { file, trouble: () => down })
    expect(await connections.of(one)).toEqual(problem({ problem: 'trouble', trouble: down }))
    for (const asked of [undefined, 'harbor', harbor.serverId]) {
      expect(await connections.toDecide(one, asked)).toMatchObject({
        value: { serverName: 'Harbor', standsIn: true },
      })
    }
    const made = await connections.toDecide(one)
    if (!made.ok) throw new Error('it is not known')
    const { value } = made
    expect(value.lastRead()).toMatchObject({ libraries: [movies], librariesReadAt: new Date(0) })
    const share = {
      id: id<ShareId>('1'),
      status: 'active' as const,
      who: {},
      access: undefined,
      settings: {},
    }
    const access = { kind: 'all' as const }
    const answers = [
      value.share({ to: { email: 'fresh@example.com' }, access }),
      value.changeLibraries(share, access),
      value.end(share),
      value.removeFromHome(olive.accountId),
      value.shares('active'),
      value.libraries(),
      value.home(),
    ]
    for (const answer of await Promise.all(answers)) expect(answer).toEqual(problem(down))
    expect(connections.connected(one)).toEqual([])
    expect(connections.known(one).map(({ serverName }) => serverName)).toEqual(['Harbor'])
    expect(await connections.toDecide(one, 'Cabin')).toEqual(problem({ problem: 'trouble', trouble: down }))
  })

  test('does not stand in where plex.tv did answer, or nothing was learnt', async () => {
    const { file } = await learnt()
    const refused = { kind: 'unauthorised' as const, mayHaveHappened: false }
    const bad = await world([connectedWith(one, harbor)], { file, trouble: () => refused })
    expect(await bad.connections.toDecide(one)).toEqual(problem({ problem: 'trouble', trouble: refused }))
    const never = await world([connectedWith(one, harbor)], { trouble: () => down })
    expect(await never.connections.toDecide(one)).toEqual(problem({ problem: 'trouble', trouble: down }))
  })

  test('gives way to the connection as soon as there is one', async () => {
    const { file } = await learnt()
    let trouble: Trouble | undefined = down
    const { connections } = await world([connectedWith(one, harbor)], { file, trouble: () => trouble })
    expect(await connections.toDecide(one)).toMatchObject({ value: { standsIn: true } })
    trouble = undefined
    expect(await connections.toDecide(one)).not.toMatchObject({ value: { standsIn: true } })
  })

  test('is not another guild’s, and not of another sign-in', async () => {
    const { file } = await learnt()
    const other = await world([connectedWith(two, harbor)], { file, trouble: () => down })
    expect((await other.connections.toDecide(two)).ok).toBe(false)
    const again = withAccount(connectedWith(one, harbor), { ...olive, linkedAt: new Date(1) })
    const anew = await world([again], { file, trouble: () => down })
    expect((await anew.connections.toDecide(one)).ok).toBe(false)
  })

  test('of the environment’s is for the same token alone', async () => {
    const file = await temporaryFile()
    const before = await world([], { file, environment: [one, two], fingerprint: 'a' })
    await before.connections.of(one)
    await before.connections.remember()
    const same = await world([], { file, environment: [one, two], fingerprint: 'a', trouble: () => down })
    expect((await same.connections.toDecide(one)).ok).toBe(true)
    expect((await same.connections.toDecide(two)).ok).toBe(true)
    const other = await world([], { file, environment: [one, two], fingerprint: 'b', trouble: () => down })
    expect((await other.connections.toDecide(one)).ok).toBe(false)
  })

  test('is forgotten with its connection, and not while the bot is not in the guild', async () => {
    const { before } = await learnt()
    expect([...before.memory.known.keys()]).toEqual([`${one}:${harbor.serverId}`])
    await before.records.update(one, (current) => current && withServersOf(current, olive.accountId, []))
    await before.connections.remember()
    expect([...before.memory.known.keys()]).toEqual([])

    const left = await learnt()
    const away = await world([], { file: left.file, members: [] })
    await away.connections.remember()
    expect([...away.memory.known.keys()]).toHaveLength(1)
  })

  test('is written down where it is news, and where it was confirmed an hour later', async () => {
    let readAt = new Date(0)
    const { before } = await learnt({ readAt: () => readAt })
    await before.connections.remember()
    expect(before.writes).toHaveBeenCalledTimes(1)
    readAt = new Date(60 * 60_000)
    const { file } = await learnt()
    const later = await world([connectedWith(one, harbor)], { file, readAt: () => readAt })
    await later.connections.of(one)
    await later.connections.remember()
    expect(later.writes).toHaveBeenCalledTimes(1)
    expect([...later.memory.known.values()]).toMatchObject([{ readAt }])
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

import { routes } from '../src/discord/routes.ts'
import type { Message, PretendDiscord } from '../src/sandbox/discord/index.ts'
import type { JsonObject } from '../src/sandbox/discord/json.ts'
import { cabinId, harborId } from '../src/sandbox/plex/world.ts'
import { type Evening, openEvening } from '../test/support/open-evening.ts'
import { signsIn } from '../test/support/signing-in.ts'
import type { Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'

/**
 * The whole bot in two guilds, the unmodified client on a real WebSocket and a real SQLite file. What people of one guild
 * do comes as if it came from the other, from a direct message, from a guild that has only the commands, or with parts
 * missing; nothing of it may do anything, and the bot answers well afterwards.
 */
export async function onTheWire(seed: number, rounds: number): Promise<Finding[]> {
  const changed = await send(randomFrom(seed), rounds, true)
  const untouched = await send(randomFrom(seed), 1, false)
  const { effects, leaks, crashes, unanswered, broken } = changed
  return [
    {
      what: 'payloads through the gateway, of another guild, of none, or with parts missing',
      tries: changed.payloads,
      seen: { ...changed },
      holds: effects + leaks + crashes + unanswered + broken === 0 && changed.answered > 0,
    },
    {
      what: 'the same payloads as they are',
      tries: untouched.payloads,
      seen: { ...untouched },
      holds: untouched.effects > 0 && untouched.leaks > 0,
      isControl: true,
    },
  ]
}

interface Outcome {
  payloads: number
  /** Ordinary commands in both guilds in between that were answered with what is true. */
  answered: number
  unanswered: number
  effects: number
  /** Such payloads that were answered at all. */
  refused: number
  /** Answers to such a payload that name what only the guild itself may read. */
  leaks: number
  crashes: number
  broken: number
}

async function send(random: Random, rounds: number, isChanged: boolean): Promise<Outcome> {
  const sum = {
    ...{ payloads: 0, answered: 0, unanswered: 0, refused: 0 },
    ...{ effects: 0, leaks: 0, crashes: 0, broken: 0 },
  }
  const crashed = () => void sum.crashes++
  process.on('uncaughtException', crashed)
  process.on('unhandledRejection', crashed)
  const on = await openEvening({ bare: true, guild: cinema })
  try {
    const bases = await bothSetUp(on)
    for (let round = 0; round < rounds; round++) {
      const whole = await wholePayloads(on, bases, round)
      const before = on.plex.ledger.length
      const sent = on.discord.requests.length
      const own = new Set<string>()
      const all = whole.flatMap((payload) =>
        (isChanged ? changes : [asItIs]).map((change) => ({ payload, change, at: random.fraction() })),
      )
      for (const { payload, change } of all.sort((a, b) => a.at - b.at)) {
        const token = `wire-${round}-${sum.payloads++}`
        own.add(token)
        const made = { ...change(payload, on.discord), id: String(10n ** 18n + BigInt(sum.payloads)), token }
        await on.discord.person('dora').rawInteraction(made)
      }
      await asksOrdinarily(on, sum)
      await on.discord.until(() => areAnswered(on, sent, own) || undefined, 'every answer that was begun')
      await on.plex.settled()
      sum.effects += on.plex.ledger.length - before
      const toThem = on.discord.requests
        .slice(sent)
        .filter(({ path }) => path.split('/').some((part) => own.has(part)))
      sum.refused += toThem.filter(({ path }) => path.endsWith('/callback')).length
      sum.leaks += toThem.filter(({ body }) =>
        secretWords.some((word) => JSON.stringify(body).includes(word)),
      ).length
    }
    sum.broken = on.logged.filter((line) => line.includes('"a command broke"')).length
  } finally {
    await on.end()
    process.off('uncaughtException', crashed)
    process.off('unhandledRejection', crashed)
  }
  return sum
}

/** Whatever was begun with "thinking…" has come to its answer. */
function areAnswered({ discord }: Evening, since: number, tokens: ReadonlySet<string>): boolean {
  const open = new Set<string>()
  for (const { method, path, body } of discord.requests.slice(since)) {
    const token = path.split('/').find((part) => tokens.has(part))
    if (token === undefined) continue
    if (method === 'PATCH') open.delete(token)
    else if ([5, 6].includes(Number(Object(body).type))) open.add(token)
  }
  return open.size === 0
}

/** What stands only in answers that one of the guilds may read. */
const secretWords = ['Harbor', 'Cabin', 'mira', 'jonas', 'newcomer', harborId, cabinId, 'app.plex.tv']

/** An ordinary question in each guild is answered with its own server. */
async function asksOrdinarily(on: Evening, sum: { answered: number; unanswered: number }): Promise<void> {
  for (const [guild, who, name] of [
    ['Cinema Club', 'alice', 'Harbor'],
    ['Book Club', 'otto', 'Cabin'],
  ] as const) {
    const text = await asksIn(on, guild, who, 'libraries').then(
      ({ text }) => text,
      () => '',
    )
    if (text.includes(`**${name}**`)) sum.answered++
    else sum.unanswered++
  }
}

// ---------------------------------------------------------------------------------------------------------------

const cinema = {
  name: 'Cinema Club',
  owner: 'olive',
  roles: [{ name: 'Managers' }, { name: 'Friends' }],
  channels: [{ name: 'general' }, { name: 'reviews' }],
  members: [
    { user: { username: 'olive' } },
    { user: { username: 'dora' }, roles: ['Managers'] },
    { user: { username: 'alice' }, roles: ['Friends'] },
  ],
}

interface Base {
  who: string
  payload: JsonObject
}

/** Both guilds are set up by their own commands. What Discord sends for each person of the first one is kept. */
async function bothSetUp(on: Evening): Promise<Base[]> {
  on.discord.addGuild({
    name: 'Book Club',
    owner: 'otto',
    roles: [{ name: 'Readers' }],
    channels: [{ name: 'books' }],
    // She is in both, and may something in one only.
    members: [{ user: { username: 'otto' } }, { user: { username: 'dora' } }],
  })
  const chooses = async (guild: string, who: string, account: string, server: string) => {
    await signsIn(on, await asksIn(on, guild, who, 'setup plex'), account)
    const asked = await asksIn(on, guild, who, 'setup server')
    await (await on.discord.person(who).select(asked.message, 'Servers', [server])).answered()
  }
  await chooses('Cinema Club', 'olive', 'harbor_admin', 'Harbor')
  await chooses('Book Club', 'otto', 'cabin_owner', 'Cabin')
  for (const [role, level] of [
    ['Managers', 'manager'],
    ['Friends', 'member'],
  ] as const) {
    await asksIn(on, 'Cinema Club', 'olive', 'settings roles', { role: { role }, level })
  }
  await asksIn(on, 'Cinema Club', 'olive', 'settings channels', { reviewers: { channel: 'reviews' } })
  const bases: Base[] = []
  for (const who of ['olive', 'dora', 'alice']) {
    on.discord.changeNextInteraction((payload) => {
      bases.push({ who, payload })
      return payload
    })
    await asksIn(on, 'Cinema Club', who, 'libraries')
  }
  return bases
}

/** Everything that does something, or shows something, when it comes as it should. */
async function wholePayloads(on: Evening, bases: readonly Base[], round: number): Promise<JsonObject[]> {
  const of = (who: string) => bases.find((base) => base.who === who)?.payload ?? {}
  const command = (
    who: string,
    name: string,
    options: Readonly<Record<string, string>> = {},
    sub?: string,
  ) => {
    const leaves = Object.entries(options).map(([option, value]) => ({ name: option, type: 3, value }))
    const all = sub === undefined ? leaves : [{ name: sub, type: 1, options: leaves }]
    return { ...of(who), type: 2, data: { id: '1', name, type: 1, options: all } }
  }
  const press = (who: string, customId: string, message?: Message, values?: string[]) => ({
    ...of(who),
    ...(message ? { message: { id: message.id }, channel_id: message.channelId } : {}),
    type: 3,
    data: { custom_id: customId, component_type: values ? 3 : 2, ...(values ? { values } : {}) },
  })
  const form = (who: string, customId: string, field: string, value: string) => ({
    ...of(who),
    type: 5,
    data: {
      custom_id: customId,
      components: [{ type: 18, component: { type: 4, custom_id: field, value } }],
    },
  })
  const idsIn = ({ components }: Message) =>
    [...JSON.stringify(components).matchAll(/"custom_id":"([^"]+)"/gu)].map(([, id = '']) => id)
  const shown = async (who: string, words: string, options = {}) => {
    const { message } = await asksIn(on, 'Cinema Club', who, words, options)
    return idsIn(message).map((id) => press(who, id, message))
  }
  const fresh = `fresh${round}@example.com`
  const asked = await asksIn(on, 'Cinema Club', 'dora', 'invite', {
    member: { user: 'alice' },
    libraries: 'Movies',
  })
  const question = await on.discord.until(
    () => on.discord.dmsOf('alice')[round],
    'the question which account is hers',
  )
  const [accountAsk = ''] = idsIn(question)
  const accountAnswer = accountAsk.replace(routes.accountAsk.kind, routes.accountAnswer.kind)
  return [
    command('dora', 'users'),
    command('dora', 'invite', { email: fresh, libraries: 'Movies' }),
    command('dora', 'audit'),
    command('olive', 'setup', {}, 'plex'),
    command('olive', 'setup', {}, 'server'),
    command('alice', 'libraries'),
    {
      ...command('dora', 'revoke', { who: 'm' }),
      type: 4,
      data: { name: 'revoke', type: 1, options: [{ name: 'who', type: 3, value: 'm', focused: true }] },
    },
    ...(await shown('dora', 'revoke', { who: 'mira_q' })),
    ...(await shown('dora', 'libraries', { who: 'jonas.b' })),
    ...(await shown('dora', 'users')),
    ...(await shown('olive', 'setup channels')),
    ...(await shown('olive', 'setup roles')),
    press('olive', routes.setupServersChoose.id({}), asked.message, [harborId]),
    form('alice', accountAnswer, 'account', `alice${round}@example.com`),
  ]
}

type Change = (payload: JsonObject, discord: PretendDiscord) => JsonObject
const asItIs: Change = (payload) => payload

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null
const guildIn = (discord: PretendDiscord, name: string) => {
  const found = discord.world.guilds.find((guild) => guild.name === name)
  if (!found) throw new Error(`there is no guild ${name}`)
  return found
}
/** As a member who manages nothing by Discord's own permissions; his roles are those of his own guild. */
const asPlainMember = ({ member }: JsonObject): JsonObject => ({ ...Object(member), permissions: '0' })
/** The bot is a member of no such guild. */
const commandsOnly = '900000000000000001'

const changes: readonly Change[] = [
  (payload) => ({ ...payload, guild_id: null }),
  (payload) => ({ ...payload, guild_id: null, guild: null }),
  ({ guild_id: _, ...payload }) => payload,
  ({ guild_id: _, guild: __, ...payload }) =>
    isPersonal(payload) ? { ...payload, member: { ...Object(payload.member), user: nobody } } : payload,
  // The other guild, by its id alone, and with everything that names a guild.
  (payload, discord) => ({ ...payload, guild_id: guildIn(discord, 'Book Club').id }),
  (payload, discord) => {
    const { id, channels } = guildIn(discord, 'Book Club')
    const channel = { id: channels[0]?.id, type: 0 }
    return {
      ...payload,
      ...{ guild_id: id, guild: { id }, channel, channel_id: channels[0]?.id },
      member: asPlainMember(payload),
    }
  },
  (payload, discord) => ({
    ...payload,
    ...{ guild_id: guildIn(discord, 'Book Club').id, guild: null },
    member: asPlainMember(payload),
  }),
  // Only the commands were let into that guild; who it says that he is there, nobody knows.
  (payload) => ({ ...payload, guild_id: commandsOnly, guild: null }),
  (payload) => ({ ...payload, guild_id: commandsOnly, guild: { id: commandsOnly } }),
  // A member that is missing, empty, or raw.
  ({ member: _, ...payload }) => payload,
  (payload) => ({ ...payload, member: null }),
  ({ member, ...payload }) => ({ ...payload, user: isObject(member) ? member.user : undefined }),
  ({ member, ...payload }) => {
    const { user: _, ...raw } = Object(member) as JsonObject // What Discord sends for a member.
    return { ...payload, member: raw }
  },
  ({ member, ...payload }) => ({ ...payload, member: { ...Object(member), user: null } }),
  ({ member, ...payload }) => ({
    ...payload,
    member: { ...Object(member), roles: [{ id: '1', name: 'Managers' }] },
  }),
  ({ member, ...payload }) => ({ ...payload, member: { ...Object(member), permissions: 32 } }),
  // A direct message: somebody who is no member of anything there.
  ({ member, guild_id: _, guild: __, ...payload }) => ({
    ...payload,
    user: isPersonal(payload) ? nobody : Object(member).user,
    context: 1,
  }),
]

/** Whoever was asked for his account answers in a direct message, and there it is his to answer: somebody else tries. */
const isPersonal = ({ data }: JsonObject) =>
  String(Object(data).custom_id ?? '').startsWith(routes.accountAnswer.kind)
const nobody = { id: '42', username: 'nobody' }

async function asksIn(on: Evening, guild: string, who: string, words: string, options = {}) {
  const handle = await on.discord.person(who).slash(words, options, { guild })
  const message = await handle.answered()
  return { text: on.discord.textOf(message), message, handle }
}

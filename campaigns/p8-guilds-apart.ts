import { routes } from '../src/discord/routes.ts'
import type { GuildId } from '../src/lib/ids.ts'
import type { Campaign, Finding } from './campaign.ts'
import { onTheWire } from './p8-on-the-wire.ts'
import { type Judge, judging, nothingYet, type Outcome, violationsIn } from './support/apart-judge.ts'
import {
  addressOf,
  friendOf,
  guestOf,
  handOver,
  idOf,
  librariesOf,
  type OwnerName,
  type ServerName,
  serverNames,
} from './support/apart-plex.ts'
import { type Random, randomFrom } from './support/random.ts'
import { type Asking, type Given, modal, press, slash, typing } from './support/small-discord.ts'
import {
  type Constellation,
  channelsOf,
  constellations,
  guilds,
  inGuild,
  memberIdOf,
  otherOf,
  type PersonName,
  people,
  rolesOf,
  sideOf,
  stranger,
  type TakenOut,
  type TwoGuilds,
  twoGuilds,
} from './support/two-guilds.ts'

export const p8: Campaign = {
  name: 'P8',
  promise:
    'Guilds are isolated: what is begun, decided, set or connected in one cannot be pressed, seen, used or changed from another, nor from a direct message.',
  async run({ seed, size }) {
    const [each, forControl] = size === 'full' ? [2_500, 400] : [12, 32]
    const findings: Finding[] = []
    for await (const found of apart(randomFrom(seed), each, forControl)) findings.push(found)
    findings.push(...(await onTheWire(seed, size === 'full' ? 40 : 1)))
    return findings
  },
}

/** So many histories of each constellation, and then with one guard after the other taken out. */
export async function* apart(random: Random, each: number, forControl: number): AsyncGenerator<Finding> {
  for (const [index, constellation] of every.entries()) {
    const outcome = await mix(random.part(index), each, () => constellation)
    yield finding(`histories of two guilds: ${constellation}`, each, outcome, false)
  }
  for (const takenOut of controls) {
    const outcome = await mix(random, forControl, (part) => part.pick(every), takenOut)
    yield finding(`the same without ${takenOut}`, forControl, outcome, true)
  }
}

// The keys of a record that is not empty.
const every = Object.keys(constellations) as [Constellation, ...Constellation[]]
const controls = [
  'the guild of drafts',
  'the guild of connections',
  'whose connection it is',
  'the guild of settings',
  'who else lives by a sign-in',
] as const satisfies readonly TakenOut[]

async function mix(
  random: Random,
  histories: number,
  constellation: (random: Random) => Constellation,
  takenOut?: TakenOut,
): Promise<Outcome> {
  const sum = nothingYet()
  for (let number = 0; number < histories; number++) {
    const part = random.part(number)
    await history(part, constellation(part), sum, takenOut)
  }
  return sum
}

function finding(what: string, tries: number, outcome: Outcome, isControl: boolean): Finding {
  // In a dozen histories it may be that nothing was done; in all of them together it is not.
  const isEmpty = outcome.requests === 0 || (tries >= 50 && outcome.deeds === 0)
  return {
    what,
    tries,
    seen: { ...outcome },
    holds: !isEmpty && violationsIn(outcome) > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}

// ---------------------------------------------------------------------------------------------------------------

/** Two guilds are set up by their own commands, and then whatever comes: in either, by anybody, and from outside. */
export async function history(
  random: Random,
  constellation: Constellation,
  sum: Outcome,
  takenOut?: TakenOut,
  onViolation?: (what: string) => void,
): Promise<void> {
  const on = await twoGuilds(random, constellation, takenOut)
  const judge = judging(on, sum, onViolation)
  const world: World = { on, judge, random, sum }
  for (const guildId of guilds) await setUp(world, guildId, constellation)
  await judge.jobs(() => on.settleGuilds())

  const steps = 3 + random.below(3)
  for (let step = 0; step < steps; step++) {
    if (step === 1 && constellation === 'a server changes hands') await changeHands(world)
    else if (random.chance(0.05))
      handOver(on.state, random.pick(serverNames), random.pick(['olive', 'cedric']))
    await deed(world, random.pick(guilds))
    if (random.chance(0.3)) await judge.jobs(() => on.tick())
    if (random.chance(0.15)) {
      sum.broken += on.discord.broken.length
      await on.restart()
    }
    if (random.chance(0.2)) on.clock.pass(random.below(40) * 60_000)
  }
  if (random.chance(0.3)) await leave(world, random.pick(guilds))
  sum.broken += on.discord.broken.length
}

interface World {
  on: TwoGuilds
  judge: Judge
  random: Random
  sum: Outcome
}

async function setUp(world: World, guildId: GuildId, constellation: Constellation): Promise<void> {
  const { judge } = world
  const dora = asks(guildId, 'dora')
  for (const [level, role] of Object.entries(rolesOf(guildId))) {
    await judge.send(guildId, slash(dora, 'settings roles', { role, level }))
  }
  await judge.send(guildId, slash(dora, 'settings channels', channelsOf(guildId)))
  const { signIn } = sideOf(constellation, guildId)
  if (signIn) await connects(world, guildId, signIn.owner, signIn.servers)
  await judge.send(guildId, slash(dora, 'users'))
  await judge.send(guildId, slash(dora, 'libraries'))
}

/** dora signs in, or somebody does for her, and chooses servers. */
async function connects(
  { on, judge, sum }: World,
  guildId: GuildId,
  owner: OwnerName,
  servers: readonly ServerName[],
): Promise<void> {
  const dora = asks(guildId, 'dora')
  const begun = await judge.send(guildId, slash(dora, 'setup plex'), { inSetup: true })
  if (!on.approve(guildId, begun.text, owner)) sum.broken++
  for (const customId of begun.customIds) {
    await judge.send(guildId, press(dora, customId), { inSetup: true })
  }
  const chosen = routes.setupServersChoose.id({})
  await judge.send(guildId, press(dora, chosen, servers.map(idOf)), { inSetup: true })
}

/** Harbor is claimed by another account, which the other guild uses: the first one's sign-in is worth nothing there. */
async function changeHands(world: World): Promise<void> {
  handOver(world.on.state, 'Harbor', 'cedric')
  await connects(world, guilds[1], 'cedric', ['Cabin', 'Harbor'])
  await world.judge.send(guilds[1], slash(asks(guilds[1], 'dora'), 'users', { server: 'Harbor' }))
}

/** The bot is put out of a guild; later everything of it is deleted, and the other one goes on. */
async function leave(world: World, guildId: GuildId): Promise<void> {
  const { on, judge } = world
  await judge.jobs(() => on.settleGuilds())
  on.present.delete(guildId)
  await judge.jobs(() => on.settleGuilds())
  await deed(world, guildId)
  on.clock.pass(31 * 86_400_000)
  await judge.deletion(guildId, () => on.settleGuilds())
  await deed(world, otherOf(guildId))
}

// ---------------------------------------------------------------------------------------------------------------

/** Somebody does something; then everything that it showed is pressed by everybody who must not, and at last by him. */
async function deed(world: World, guildId: GuildId): Promise<void> {
  const { on, judge, random, sum } = world
  // She may do everything, so most comes to something by her.
  const who = random.chance(0.5) ? 'dora' : random.pick(people)
  const by = inGuild(guildId, who)
  if (!by) return
  const { payload, inSetup } = whatever(world, guildId, by)
  if (payload.type === 4) sum.keystrokes++
  else sum.commands++
  const heard = await judge.send(guildId, payload, { inSetup })
  if (heard.text.includes('auth#?code=')) {
    on.approve(guildId, heard.text, random.pick(['olive', 'cedric']))
  }
  const cards = heard.posted.flatMap(({ channelId, messageId, body }) =>
    customIdsOf(body).map((customId) => ({
      customId,
      place: { channel_id: channelId, message: { id: messageId } },
    })),
  )
  const shown = [...heard.customIds.map((customId) => ({ customId, place: undefined })), ...cards]
  for (const { customId, place } of some(random, shown, 2)) {
    await pressedByStrangers(world, guildId, by, customId, place)
    await pressedRightly(world, guildId, who, customId, place)
  }
}

type Place = { channel_id: string; message: { id: string } } | undefined

async function pressedByStrangers(
  { judge, random, sum }: World,
  here: GuildId,
  by: Asking,
  customId: string,
  place: Place,
): Promise<void> {
  const there = otherOf(here)
  const isPersonal = personal.has(customId.split(':')[0] ?? '')
  const dora = asks(there, 'dora')
  const foreign = Object.values(rolesOf(here))
  const strangers: { guildId: GuildId | undefined; by: Asking; may?: 'nothing' }[] = [
    // The same person, and one who manages both: only the guild tells what may be pressed where.
    { guildId: there, by: { ...by, guildId: there, roleIds: [], managesServer: false }, may: 'nothing' },
    { guildId: there, by: dora, ...(isOfOneThing(customId) ? { may: 'nothing' as const } : {}) },
    { guildId: here, by: { guildId: here, memberId: stranger, roleIds: [] }, may: 'nothing' },
    { guildId: there, by: { guildId: there, memberId: stranger, roleIds: foreign }, may: 'nothing' },
    { guildId: undefined, by: { guildId: undefined, memberId: stranger }, may: 'nothing' },
    // The member who was asked answers in a direct message, and there he may.
    ...(isPersonal
      ? []
      : [
          {
            guildId: undefined,
            by: { guildId: undefined, memberId: by.memberId },
            may: 'nothing' as const,
          },
        ]),
  ]
  for (const each of some(random, strangers, 4)) {
    sum.presses++
    const made = { ...pressOf(random, each.by, customId, here), ...place }
    await judge.send(each.guildId, made, { inSetup: customId.startsWith('setup'), ...each })
  }
}

async function pressedRightly(
  world: World,
  guildId: GuildId,
  who: PersonName,
  customId: string,
  place: Place,
  depth = 0,
): Promise<void> {
  const { judge, random, sum } = world
  // A card is for reviewers; what a command showed is for whoever asked.
  const by = inGuild(guildId, place ? random.pick(['dora', 'rob']) : who)
  if (!by) return
  sum.presses++
  const chosenIn = random.chance(0.7) ? guildId : otherOf(guildId)
  const made = { ...pressOf(random, by, customId, chosenIn), ...place }
  const heard = await judge.send(guildId, made, { inSetup: customId.startsWith('setup') })
  const [next] = some(random, heard.customIds, 1)
  if (next === undefined || depth > 1) return
  if (random.chance(0.5)) await pressedByStrangers(world, guildId, by, next, place)
  await pressedRightly(world, guildId, who, next, place, depth + 1)
}

/** Routes whose custom ids name one thing of one guild: in another they name nothing. */
const ofOneThing = new Set(
  Object.values(routes)
    .filter(({ params }: { params: readonly string[] }) =>
      params.some((param) => ['draft', 'request', 'person'].includes(param)),
    )
    .map(({ kind }) => kind as string),
)
const isOfOneThing = (customId: string) => ofOneThing.has(customId.split(':')[0] ?? '')
const personal = new Set<string>([
  routes.accountAsk.kind,
  routes.accountAnswer.kind,
  routes.requestReplyAsk.kind,
  routes.requestReply.kind,
])

/** As a press, with or without a choice, or as a form that was sent; now and then as what it is not. */
function pressOf(random: Random, by: Asking, customId: string, guildId: GuildId) {
  // Discord offers no role of another guild; whose roles are given a level is that guild's affair.
  const own = guilds.find((each) => each === by.guildId) ?? guildId
  const kind = customId.split(':')[0] ?? ''
  const fresh = addressOf(`fresh${random.below(1_000)}`)
  const text = `a word of ${guildId}`
  const fields = { account: fresh, reason: text, question: text, reply: text, name: `Set${guildId}` }
  const isForm = random.chance(0.9) ? forms.has(kind) : random.chance(0.5)
  if (isForm) return modal(by, customId, fields)
  const server = random.pick(serverNames)
  const sensible = choices[kind]?.(random, kind === routes.setupRoles.kind ? own : guildId)
  const values =
    sensible && random.chance(0.7)
      ? sensible
      : random.pick([
          undefined,
          librariesOf(server).map((library) => String(library.id)),
          [idOf(server)],
          [rolesOf(own).reviewer],
          [channelsOf(guildId).reviewers],
          [`share:3000001${1 + random.below(4)}`],
        ])
  return press(by, customId, values)
}

const forms = new Set<string>([
  routes.accountAnswer.kind,
  routes.requestAccount.kind,
  routes.requestReply.kind,
  routes.reviewDeny.kind,
  routes.reviewQuestion.kind,
  routes.setupSet.kind,
])
const libraryIds = (random: Random) =>
  some(random, librariesOf(random.pick(serverNames)), 1 + random.below(2)).map((library) =>
    String(library.id),
  )
/** What somebody would choose in a select of this kind; of either guild's server, since he may press an old one. */
const choices: Readonly<Record<string, (random: Random, guildId: GuildId) => string[]>> = {
  [routes.librariesChoose.kind]: libraryIds,
  [routes.reviewLibraries.kind]: libraryIds,
  [routes.setupLibrariesTick.kind]: libraryIds,
  [routes.reviewDuration.kind]: () => ['604800000'],
  [routes.peoplePick.kind]: (random) => [`share:3000001${1 + random.below(4)}`],
  [routes.setupServersChoose.kind]: (random) => some(random, serverNames, 1 + random.below(4)).map(idOf),
  [routes.setupServerFirst.kind]: (random) => [idOf(random.pick(serverNames))],
  [routes.setupRoles.kind]: (random, guildId) => [
    rolesOf(guildId)[random.pick(['manager', 'member'] as const)],
  ],
  [routes.setupChannel.kind]: (_, guildId) => [channelsOf(guildId).reviewers],
}

function customIdsOf(body: unknown): string[] {
  return [...JSON.stringify(body).matchAll(/"custom_id":"([^"]+)"/gu)].map(([, customId]) => customId ?? '')
}

function some<T>(random: Random, of: readonly T[], most: number): T[] {
  return [...of]
    .map((each) => ({ each, at: random.fraction() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ each }) => each)
}

// ---------------------------------------------------------------------------------------------------------------

const asks = (guildId: GuildId, who: PersonName): Asking =>
  inGuild(guildId, who) ?? { guildId, memberId: memberIdOf(who), roleIds: [] }

interface Payloads {
  payload: { type: number; data: object }
  inSetup: boolean
}

/** Any command with any options, those that name what is the other guild's among them. */
function whatever({ on, random }: World, guildId: GuildId, by: Asking): Payloads {
  const name = () => nameOf(random)
  const server = (): Given =>
    random.chance(0.5)
      ? {}
      : { server: random.chance(0.5) ? random.pick(serverNames) : idOf(random.pick(serverNames)) }
  const libraries = () => {
    const [movies, nights] = librariesOf(random.pick(serverNames))
    return random.chance(0.5)
      ? 'Movies'
      : random.pick(['Movies', 'all', nights?.title ?? '', `#${movies?.id}`, `Set${random.pick(guilds)}`])
  }
  const reason = { reason: `a word of ${guildId}` }
  const member = () => memberIdOf(random.pick(people))
  const role = () => rolesOf(guildId)[random.pick(['manager', 'reviewer', 'member'] as const)]
  const command = (words: string, options: Given = {}): Payloads => ({
    payload: slash(by, words, options),
    inSetup: words.startsWith('setup'),
  })
  const keystroke = (words: string, of: string, beside: Given = {}): Payloads => {
    const typed = random.pick(['', 'M', 'a', 'new', 'Har', 'Cab', 'ann'])
    const asked = typing(by, words, of, typed)
    const [first] = asked.data.options
    const leaves = Object.entries(beside).map(([option, value]) => ({ name: option, type: 3, value }))
    // The other option beside the one that is being typed.
    const options = first && 'options' in first ? asked.data.options : [...asked.data.options, ...leaves]
    return { payload: { ...asked, data: { ...asked.data, options } }, inSetup: false }
  }
  const invitee = (): Given =>
    random.chance(0.3)
      ? { member: member() }
      : { email: random.chance(0.7) ? addressOf(`fresh${random.below(1_000)}`) : name() }
  type Deeds = readonly [() => Payloads, ...(() => Payloads)[]]
  const aboutAccess: Deeds = [
    () => command('invite', { ...invitee(), libraries: libraries(), ...server(), ...reason }),
    () => command('invite', { ...invitee(), libraries: 'Movies', duration: '20m' }),
    () => command('request', { libraries: libraries(), ...server(), note: `a word of ${guildId}` }),
    () => command('request', { libraries: 'Movies' }),
    () =>
      command('revoke', {
        who: ownName(on, random, guildId),
        mode: random.pick(['remove', 'suspend']),
        ...reason,
      }),
    () => command('revoke', { who: name(), mode: random.pick(['remove', 'suspend']), ...server() }),
    () => command('libraries', { who: ownName(on, random, guildId) }),
    () => command('libraries', { who: name(), ...server() }),
  ]
  const aboutTheRest: Deeds = [
    () => command('libraries', server()),
    () =>
      command('users', {
        ...server(),
        ...(random.chance(0.3) ? { filter: random.pick(['home', 'drift', 'unlinked']) } : {}),
      }),
    () => command('users', random.chance(0.5) ? { search: 'ann' } : {}),
    () => command('access', { member: member(), ...server() }),
    () => command('sync', { ...server(), ...(random.chance(0.5) ? { mode: 'apply', all: true } : {}) }),
    () => command('sync'),
    () =>
      command('audit', random.chance(0.5) ? { who: name() } : random.chance(0.5) ? { actor: member() } : {}),
    () => command(`me ${random.pick(['status', 'leave', 'export', 'forget'])}`),
    () => command('settings show'),
    () => command('settings roles', { role: role(), level: random.pick(['member', 'manager', 'none']) }),
    () => command('settings channels', { reviewers: channelsOf(random.pick(guilds)).reviewers }),
    () => command('settings channels', { log: channelsOf(random.pick(guilds)).log }),
    () => command('settings defaults', { approvals: 1 + random.below(2), requests_per_day: 50 }),
    () => command('settings sets', { name: `Set${guildId}`, libraries: libraries(), ...server() }),
    () => command('setup plex'),
    () => command('setup server'),
    () => command('setup libraries', server()),
    () => command('setup roles'),
    () => command('setup channels'),
    () => command('setup check'),
    () => keystroke('invite', 'libraries', server()),
    () => keystroke('invite', 'server'),
    () => keystroke('revoke', 'who'),
    () => keystroke('libraries', 'who'),
    () => keystroke('audit', 'who'),
    () => keystroke('settings sets', 'libraries'),
    () => keystroke('users', 'server'),
  ]
  return random.pick(random.chance(0.5) ? aboutAccess : aboutTheRest)()
}

/** Somebody of any server: by address, name, share, Home user, or a person of the records. */
function nameOf(random: Random): string {
  const server = random.pick(serverNames)
  const index = serverNames.indexOf(server) + 1
  return random.pick([
    friendOf(server),
    addressOf(friendOf(server)),
    addressOf(guestOf(server)),
    `share:3000001${index}`,
    `share:3000002${index}`,
    `home:2000010${random.below(2)}`,
    'miraeverywhere',
  ])
}

function ownName(on: TwoGuilds, random: Random, guildId: GuildId): string {
  const names = on.recordOf(guildId)?.servers.map(({ name }) => name) ?? []
  const own = serverNames.filter((name) => names.includes(name))
  const server =
    own[random.below(own.length)] ?? (on.isServedByEnvironment(guildId) ? 'Harbor' : random.pick(serverNames))
  return random.pick([
    friendOf(server),
    addressOf(guestOf(server)),
    `share:3000001${serverNames.indexOf(server) + 1}`,
  ])
}

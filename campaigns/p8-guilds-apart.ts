import { type GuildId, id, type MemberId } from '../src/lib/ids.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import { customIdsIn, press, slash, smallDiscord } from './support/small-discord.ts'
import { smallWorld } from './support/small-world.ts'

export const p8: Campaign = {
  name: 'P8',
  promise:
    'Guilds are isolated: what is begun, decided or set in one cannot be pressed, seen or changed from another, nor from a direct message.',
  async run({ seed, size }) {
    const histories = size === 'full' ? 20_000 : 150
    const forControl = Math.min(histories, 500)
    return [
      finding(
        'random histories of two guilds',
        histories,
        await mix(randomFrom(seed), histories, true),
        false,
      ),
      finding(
        'the same where what is begun is kept without its guild',
        forControl,
        await mix(randomFrom(seed), forControl, false),
        true,
      ),
    ]
  },
}

interface Outcome {
  presses: number
  /** Roles that were bound, each in its own guild. */
  bound: number
  /** Pressed in another guild, in a direct message or by a member without roles: what it did all the same. */
  effects: number
  /** Decisions in one guild's documents that were made in the other. */
  strayDecisions: number
  /** Roles of one guild that the other's settings have. */
  strayRoles: number
  broken: number
}

const one = id<GuildId>('1')
const two = id<GuildId>('2')
/** The same person manages both: only the guild tells what may be pressed where. */
const dora = id<MemberId>('4')
const people = [
  'mira@example.com',
  'jonas.brandt@example.com',
  'newcomer@example.com',
  'fresh@example.com',
] as const

async function mix(random: Random, histories: number, keepsGuild: boolean): Promise<Outcome> {
  const sum: Outcome = { presses: 0, bound: 0, effects: 0, strayDecisions: 0, strayRoles: 0, broken: 0 }
  for (let number = 0; number < histories; number++) await history(random.part(number), keepsGuild, sum)
  return sum
}

async function history(random: Random, keepsGuild: boolean, sum: Outcome): Promise<void> {
  const { bot, state } = await smallWorld(random, { guildIds: [one, two] })
  if (!keepsGuild) withoutGuild(bot.ports)
  const discord = smallDiscord(bot)
  const in1 = { guildId: one, memberId: dora, managesServer: true }
  const in2 = { guildId: two, memberId: dora, managesServer: true }

  for (let step = 0; step < 3; step++) {
    const [here, there] = random.chance(0.5) ? [in1, in2] : [in2, in1]
    const who = random.pick(people)
    const begin = random.pick([
      slash(here, 'revoke', { who }),
      slash(here, 'libraries', { who }),
      slash(here, 'invite', { email: who, libraries: 'Movies' }),
    ])
    const said = await discord.send(begin)
    const strangers = [
      there,
      { guildId: undefined, memberId: dora },
      { guildId: here.guildId, memberId: '8', roleIds: [] },
      // A role of the one guild, shown in the other.
      { guildId: there.guildId, memberId: '8', roleIds: ['11'] },
    ]
    const before = state.ledger.length
    for (const customId of customIdsIn(said)) {
      for (const stranger of strangers) {
        sum.presses++
        await discord.send(press(stranger, customId))
        await discord.send(press(stranger, customId, ['910000003']))
      }
    }
    sum.effects += state.ledger.length - before
    await discord.send(
      slash(here, 'settings roles', { role: here.guildId === one ? '11' : '22', level: 'manager' }),
    )
    // Its own guild may press it, and what was decided stands there and nowhere else.
    for (const customId of customIdsIn(said)) await discord.send(press(here, customId))
  }
  for (const guildId of [one, two]) {
    const persons = await bot.ports.people.list(personKeysOf(guildId))
    sum.strayDecisions += persons.filter((person) => person.guildId !== guildId).length
    const settings = await bot.rules.settingsOf(guildId)
    sum.bound += settings.bindings.length
    const foreign = guildId === one ? '22' : '11'
    sum.strayRoles += settings.bindings.filter(({ roleId }) => roleId === foreign).length
    sum.strayRoles += settings.guildId === guildId ? 0 : 1
  }
  sum.broken += discord.broken.length
}

/** The guard taken out: a draft is found whatever guild it was begun in. */
function withoutGuild(ports: {
  drafts: { get(key: string): Promise<unknown>; list(prefix: string): Promise<readonly unknown[]> }
}) {
  const { drafts } = ports
  const get = drafts.get.bind(drafts)
  drafts.get = async (key) => {
    const draftId = key.slice(key.indexOf(':') + 1)
    return (await get(`${one}:${draftId}`)) ?? (await get(`${two}:${draftId}`))
  }
}

function finding(what: string, tries: number, outcome: Outcome, isControl: boolean): Finding {
  const { effects, strayDecisions, strayRoles, broken } = outcome
  const violations = effects + strayDecisions + strayRoles + broken
  return {
    what,
    tries,
    seen: { ...outcome },
    holds: violations > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}

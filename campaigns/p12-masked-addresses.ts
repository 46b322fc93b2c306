import { type GuildId, id, type MemberId, type RoleId } from '../src/lib/ids.ts'
import type { Campaign, Finding } from './campaign.ts'
import { bodiesOnTheWire } from './p12-on-the-wire.ts'
import { type Random, randomFrom } from './support/random.ts'
import { customIdsIn, press, type Said, slash, smallDiscord, typing } from './support/small-discord.ts'
import { smallWorld } from './support/small-world.ts'

export const p12: Campaign = {
  name: 'P12',
  promise:
    'No e-mail address is shown to somebody who may not see addresses, but for the one that he typed himself or that is his own; and none stands in a channel or a direct message.',
  async run({ seed, size }) {
    const evenings = size === 'full' ? 5_000 : 60
    return [
      finding(
        'what those without the right read',
        evenings,
        await read(randomFrom(seed), evenings, false),
        false,
      ),
      finding('what a manager reads', evenings, await read(randomFrom(seed), evenings, true), true),
      ...(await bodiesOnTheWire(
        seed,
        size === 'full' ? { evenings: 10, deeds: 150 } : { evenings: 1, deeds: 40 },
      )),
    ]
  },
}

interface Outcome {
  bodies: number
  addressesShown: number
}

const guildId = id<GuildId>('1')
const levels = ['member', 'inviter', 'reviewer'] as const
const addresses = [
  'mira@example.com',
  'jonas.brandt@example.com',
  'newcomer@example.com',
  'pat@example.net',
  'late@example.com',
]
const names = [
  'mira_q',
  'jonas.b',
  'newcomer',
  'pat-h',
  'late.joiner',
  'share:30000001',
  'share:30000022',
] as const

async function read(random: Random, evenings: number, asManager: boolean): Promise<Outcome> {
  const sum = { bodies: 0, addressesShown: 0 }
  for (let number = 0; number < evenings; number++) {
    const own = random.part(number)
    const { bot } = await smallWorld(own)
    const discord = smallDiscord(bot)
    await bot.ports.settings.update(guildId, () => ({
      schema: 1,
      guildId,
      bindings: levels.map((level, at) => ({ roleId: id<RoleId>(String(11 + at)), level })),
      sets: [],
    }))
    const at = own.below(levels.length)
    const by = asManager
      ? { guildId, memberId: '4', managesServer: true }
      : { guildId, memberId: '7', roleIds: [String(11 + at)] }
    const actor = {
      guildId,
      memberId: id<MemberId>(by.memberId),
      roleIds: (by.roleIds ?? []).map((role) => id<RoleId>(role)),
      managesServer: asManager,
    }
    // Who may see them is asked of the rules: a level that gains the right some day is not counted against it.
    if (!asManager && (await bot.rules.seesEmails(actor))) continue
    const typed = own.pick(['fresh@example.com', 'pat@example.net', 'mira_q'])
    const payloads = [
      slash(by, 'users'),
      slash(by, 'users', { search: own.pick(['mira', 'example', 'jonas', '@']) }),
      slash(by, 'revoke', { who: own.pick(names) }),
      slash(by, 'libraries', { who: own.pick(names) }),
      slash(by, 'invite', { libraries: 'Movies', email: typed }),
      typing(by, 'revoke', 'who', own.pick(['', 'm', 'jonas', 'example.com'])),
      typing(by, 'libraries', 'who', own.pick(['', 'n', 'example.com'])),
    ]
    for (const payload of payloads) {
      const said = await discord.send(payload)
      judge(said, typed, sum)
      for (const customId of customIdsIn(said)) {
        judge(await discord.send(press(by, customId)), typed, sum)
        judge(await discord.send(press(by, customId, ['share:30000001'])), typed, sum)
      }
    }
  }
  return sum
}

function judge(said: readonly Said[] | undefined, typed: string, sum: Outcome): void {
  for (const { body } of said ?? []) {
    sum.bodies++
    // Escaping and the invisible characters that defuse a text must not hide an address from the check.
    const text = JSON.stringify(body)
      .toLowerCase()
      .replace(/[\\\u200b]/gu, '')
    if (addresses.some((address) => address !== typed && text.includes(address))) sum.addressesShown++
  }
}

function finding(what: string, tries: number, outcome: Outcome, isControl: boolean): Finding {
  return {
    what,
    tries,
    seen: { ...outcome },
    holds: outcome.addressesShown > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}

import type { RequestEntry } from '../src/sandbox/discord/state.ts'
import { address, canary, canaryWorld } from '../test/support/canaries.ts'
import type { Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import type { TakenOut } from './support/taken-out.ts'
import { everybody, type WireEvening, wireEvening } from './support/wire-evening.ts'

/**
 * Evenings with the whole bot: whatever reaches the pretend Discord is looked through for addresses that stand nowhere else.
 * They may stand in what one person alone reads, who may see addresses, or who typed that one himself.
 */
export async function bodiesOnTheWire(
  seed: number,
  size: { evenings: number; deeds: number },
): Promise<Finding[]> {
  const real = await spendEvenings(randomFrom(seed), size)
  const forControl = { ...size, evenings: Math.min(size.evenings, 2) }
  const unmasked = await spendEvenings(randomFrom(seed), forControl, 'masking')
  return [
    {
      what: 'everything that reaches Discord on evenings with the whole bot',
      tries: size.evenings,
      seen: { ...real },
      // A check that never saw an address where it may stand has tried nothing.
      holds: real.addressesShown === 0 && real.mayRead > 0 && real.public > 0,
    },
    {
      what: 'the same with the masking taken out',
      tries: forControl.evenings,
      seen: { ...unmasked },
      holds: unmasked.addressesShown > 0,
      isControl: true,
    },
  ]
}

interface Outcome {
  deeds: number
  bodies: number
  /** Of these, what everybody of a channel reads, or stays in a direct message. */
  public: number
  /** Addresses in front of who may see them. */
  mayRead: number
  addressesShown: number
}

const seeAddresses: readonly string[] = ['olive', 'dora']

async function spendEvenings(
  random: Random,
  { evenings, deeds }: { evenings: number; deeds: number },
  takenOut?: TakenOut,
): Promise<Outcome> {
  const sum: Outcome = { deeds: 0, bodies: 0, public: 0, mayRead: 0, addressesShown: 0 }
  for (let number = 0; number < evenings; number++) {
    const on = await wireEvening({ plex: canaryWorld, ...(takenOut === undefined ? {} : { takenOut }) })
    try {
      await spend(on, random.part(number), deeds)
      sum.deeds += on.deeds()
      for (const request of on.discord.requests) judge(on, request, sum)
    } finally {
      await on.close()
    }
  }
  return sum
}

const members = ['alice', 'bob'] as const
const libraries = ['Movies', 'Music', 'Photos', 'TV Shows', 'Movies, Music'] as const
const names = ['mira_q', 'jonas.b', 'pat-h', 'late.joiner', 'share:30000022', address('pending')] as const

async function spend(on: WireEvening, random: Random, deeds: number): Promise<void> {
  for (const member of members) {
    const email = random.chance(0.5) ? address('20000001') : address(member)
    on.isOf(member, email)
    await on.asks('dora', 'invite', { email, member: { user: member }, libraries: 'Movies' })
  }
  let typed = 0
  const fill = () => ({ text: address(`told-${typed++}`), isKnown: true })
  for (let deed = 0; deed < deeds; deed++) {
    const who = random.pick(everybody)
    const member = random.pick(members)
    const named = random.pick(names)
    switch (random.below(11)) {
      case 0: {
        const email = address(`typed-${deed}`)
        const reason = random.chance(0.3) ? { reason: `for ${email}` } : {}
        const wish = { email, libraries: random.pick(libraries), ...reason }
        const isNamed = random.chance(0.5)
        if (isNamed) on.isOf(member, email)
        await on.asks(who, 'invite', isNamed ? { ...wish, member: { user: member } } : wish, [email])
        break
      }
      case 1:
        await on.asks(who, 'invite', { member: { user: member }, libraries: random.pick(libraries) })
        break
      case 2: {
        const search = random.pick(['canary', 'mira', '@', 'private'])
        await on.asks(who, 'users', random.chance(0.5) ? {} : { search })
        break
      }
      case 3: {
        const note = `write to ${address(`note-${deed}`)}`
        await on.asks(member, 'request', { libraries: random.pick(libraries), note })
        break
      }
      case 4:
        await on.asks(who, random.pick(['revoke', 'libraries']), { who: named }, [named])
        break
      case 5:
        await on.asks(who, 'access', { member: { user: member } })
        break
      case 6:
        await on.asks(who, random.pick(['sync', 'audit', 'settings show', 'libraries']))
        break
      case 7:
        await on.asks(who, `me ${random.pick(['status', 'export', 'leave', 'forget'])}`)
        break
      case 8:
        await on.types(
          who,
          random.pick(['revoke', 'libraries']),
          'who',
          random.pick(['', 'm', 'canary', '@']),
        )
        break
      case 9:
        if (random.chance(0.3)) await on.bot.turn({ turn: 'pass', ms: 5 * 60_000 })
        else if (random.chance(0.5)) on.discord.closeDms(member)
        else on.discord.openDms(member)
        break
      default:
        await on.asks(who, 'audit', { who: named }, [named])
    }
    for (let press = random.below(3); press > 0; press--) await on.pressesSomething(random, fill)
  }
  await on.bot.turn({ turn: 'pass', ms: 31 * 60_000 })
}

function judge(on: WireEvening, request: RequestEntry, sum: Outcome): void {
  const reader = on.readerOf(request)
  const isPrivate = reader?.isPrivate === true
  sum.bodies++
  if (!isPrivate && request.method !== 'GET') sum.public++
  const knows = isPrivate ? reader.knows : []
  // Escaping and the invisible characters that defuse a text must not hide an address from the check.
  const text = `${JSON.stringify(request.body)} ${request.files.map((file) => file.text).join(' ')}`
    .replace(/[\\\u200b]/gu, '')
    .toLowerCase()
  const unknown = knows.reduce((left, each) => left.replaceAll(each.toLowerCase(), ''), text)
  if (!unknown.includes(canary)) return
  if (isPrivate && seeAddresses.includes(reader.who)) sum.mayRead++
  else sum.addressesShown++
}

import type { Campaign, Finding } from './campaign.ts'
import { textsOnTheWire } from './p13-on-the-wire.ts'
import { hostileTexts, hostileWorld, isAlive } from './support/hostile-texts.ts'
import { type Random, randomFrom } from './support/random.ts'
import { type Said, slash, smallDiscord, typing } from './support/small-discord.ts'
import { smallWorld } from './support/small-world.ts'

export const p13: Campaign = {
  name: 'P13',
  promise:
    'Text that people or plex.tv wrote does nothing in a message: no mention, link, tag or heading of it survives, and Discord’s limits are kept.',
  async run({ seed, size }) {
    const worlds = size === 'full' ? 5_000 : 60
    const real = await tell(randomFrom(seed), worlds)
    // A check that looks at what the same texts would do if they went out as they are.
    const control = { ...nothing(), ...untreated(randomFrom(seed), worlds) }
    return [
      finding('texts in titles, names, options and reasons', real, false),
      finding('the same texts, untreated', control, true),
      ...(await textsOnTheWire(
        seed,
        size === 'full' ? { evenings: 10, rounds: 20 } : { evenings: 1, rounds: 3 },
      )),
    ]
  },
}

interface Outcome {
  texts: number
  messages: number
  alive: number
  tooLong: number
  mayMention: number
  broken: number
}
const nothing = (): Outcome => ({ texts: 0, messages: 0, alive: 0, tooLong: 0, mayMention: 0, broken: 0 })
const dora = { guildId: '1', memberId: '4', managesServer: true }

async function tell(random: Random, worlds: number): Promise<Outcome> {
  const sum = nothing()
  for (let number = 0; number < worlds; number++) {
    const own = random.part(number)
    const texts = hostileTexts(own)
    const { bot } = await smallWorld(own, { world: hostileWorld(texts) })
    const discord = smallDiscord(bot)
    const [first = '', second = '', third = ''] = texts
    const payloads = [
      slash(dora, 'libraries'),
      slash(dora, 'users', { search: first }),
      slash(dora, 'users'),
      slash(dora, 'invite', { libraries: first, email: 'fresh@example.com', reason: second }),
      slash(dora, 'invite', { libraries: '#910000001', email: second }),
      slash(dora, 'invite', {
        libraries: '#910000001, #910000002',
        email: 'fresh@example.com',
        reason: third,
      }),
      slash(dora, 'invite', { libraries: '#910000001', email: 'other@example.com', duration: third }),
      slash(dora, 'revoke', { who: third, reason: second }),
      slash(dora, 'revoke', { who: 'mira@example.com', reason: first }),
      typing(dora, 'invite', 'libraries', first.slice(0, 3)),
    ]
    sum.texts += texts.length
    for (const payload of payloads) {
      for (const said of (await discord.send(payload)) ?? []) {
        sum.messages++
        judge(said, sum)
      }
    }
    sum.broken += discord.broken.length
  }
  return sum
}

function judge({ kind, body }: Said, sum: Outcome): void {
  if (kind === 'choices') {
    // Choices are shown as they are and mean nothing; Discord only wants them short and few.
    const choices = (body.choices ?? []) as { name: string; value: string }[] // The router's own type.
    if (choices.length > 25 || choices.some(({ name, value }) => name.length > 100 || value.length > 100))
      sum.tooLong++
    return
  }
  const content = String(body.content ?? '')
  if (isAlive(withoutIds(content))) sum.alive++
  if (content.length > 2_000 || hasLongParts(body.components)) sum.tooLong++
  if (JSON.stringify(body.allowed_mentions) !== '{"parse":[]}') sum.mayMention++
}

/** The small world’s members have short ids. */
const withoutIds = (content: string) => content.replace(/<@\d{1,2}>/gu, '')

/** Of labels 80 characters, of ids 100, of a select's texts 100. @see https://discord.com/developers/docs/components/reference */
function hasLongParts(components: unknown): boolean {
  const text = JSON.stringify(components ?? [])
  const longest = { label: 100, custom_id: 100, placeholder: 150, description: 100, value: 100 }
  return Object.entries(longest).some(([name, most]) =>
    [...text.matchAll(new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`, 'gu'))].some(
      ([, quoted]) => (JSON.parse(quoted ?? '""') as string).length > most,
    ),
  )
}

function untreated(random: Random, worlds: number): Pick<Outcome, 'texts' | 'alive'> {
  const sum = { texts: 0, alive: 0 }
  for (let number = 0; number < worlds; number++) {
    for (const text of hostileTexts(random.part(number))) {
      sum.texts++
      if (isAlive(text)) sum.alive++
    }
  }
  return sum
}

function finding(what: string, outcome: Outcome, isControl: boolean): Finding {
  const { alive, tooLong, mayMention, broken } = outcome
  const violations = alive + tooLong + mayMention + broken
  const seen = isControl ? { texts: outcome.texts, alive } : { ...outcome }
  return {
    what,
    tries: outcome.texts,
    seen,
    holds: violations > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}

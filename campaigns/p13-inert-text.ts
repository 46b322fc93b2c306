import { harborId, type PlexWorld, plexWorld } from '../src/sandbox/plex/world.ts'
import type { Campaign, Finding } from './campaign.ts'
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
const textsInAWorld = 10
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
  if (isAlive(content)) sum.alive++
  if (content.length > 2_000 || hasLongParts(body.components)) sum.tooLong++
  if (JSON.stringify(body.allowed_mentions) !== '{"parse":[]}') sum.mayMention++
}

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

/** What Discord would act upon. Our own words contain none of it but times and the mention of a member by his id. */
const effects = [
  /@(everyone|here)/iu,
  /<(@[!&]?|#|a?:|\/|id:)/u,
  /https?:\/\//iu,
  /discord(app)?\.(gg|com)/iu,
  /^\s*(#{1,3}|>|-#)\s/mu,
  /(?<!\\)\]\(/u,
  /[\u202a-\u202e\u2066-\u2069]/u,
]
const isAlive = (content: string) => {
  const without = content.replace(/<t:\d+:[A-Za-z]>/gu, '').replace(/<@\d{1,2}>/gu, '')
  return effects.some((effect) => effect.test(without))
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

const parts: readonly [string, ...string[]] = [
  '@everyone',
  ...['@here', '<@123>', '<@&2>', '<#3>', '<:a:4>', '<t:0:R>', '</x:1>', '<id:guide>'],
  ...[
    'https://evil.example',
    'HTTP://EVIL.example',
    'discord.gg/x',
    'www.evil.example',
    '[a](https://b.example)',
  ],
  ...['\n# big', '# big', '\n> quote', '- item', '\n-# small', '1. one', '**', '__', '~~', '||', '`', '```'],
  ...[
    '\n',
    '\r\n',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u200d',
    '\u200b',
    '\u0000',
    '\\',
    ' ',
    '  ',
    'Movies',
    'ÅÖ',
    '🎬',
  ],
  ...['#910000001', ', ', 'all', '}', '"', "'", '&lt;@everyone&gt;', '\ud83d', 'x'.repeat(90)],
]

function hostileTexts(random: Random): string[] {
  return Array.from({ length: textsInAWorld }, () =>
    Array.from({ length: 1 + random.below(8) }, () => random.pick(parts)).join(''),
  )
}

/** The same world, in which everything that anybody may choose is called so. */
function hostileWorld(texts: readonly string[]): PlexWorld {
  const world = plexWorld()
  const text = (at: number) => texts[at % texts.length] ?? ''
  return {
    ...world,
    servers: world.servers.map((server) => ({
      ...server,
      libraries: server.libraries.map((library, at) => ({ ...library, title: text(at) })),
      ...(server.machineIdentifier === harborId ? { name: text(5) } : {}),
    })),
    accounts: world.accounts.map((account, at) => ({
      ...account,
      title: text(at + 6),
      ...(account.username && account.username !== 'harbor_admin' ? { username: text(at + 6) } : {}),
    })),
  }
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

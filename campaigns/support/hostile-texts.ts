import { harborId, type PlexWorld, plexWorld } from '../../src/sandbox/plex/world.ts'
import type { Random } from './random.ts'

const textsInAWorld = 10

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

export function hostileTexts(random: Random): string[] {
  return Array.from({ length: textsInAWorld }, () =>
    Array.from({ length: 1 + random.below(8) }, () => random.pick(parts)).join(''),
  )
}

/** The same world, in which everything that anybody may choose is called so. */
export function hostileWorld(texts: readonly string[], world = plexWorld()): PlexWorld {
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
export const isAlive = (content: string) => {
  const without = content.replace(/<t:\d+:[A-Za-z]>/gu, '')
  return effects.some((effect) => effect.test(without))
}

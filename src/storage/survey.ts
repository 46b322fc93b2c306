import { type GuildId, id } from '../lib/ids.ts'
import { CannotOpen, split } from './cipher.ts'
import type { KeyUsage, Usable } from './key-usage.ts'
import type { Row } from './rows.ts'
import { valueBy } from './sealed-rows.ts'
import { shapeIn } from './shapes.ts'

/** What lies in a store, in numbers, and whether all of it can be used. Nothing is changed, and nobody is named. */
export interface Survey extends KeyUsage {
  rows: number
  guildIds: readonly GuildId[]
  people: number
  links: number
  requests: number
  /** The newest moment at which anything happened that is told of here; nothing where nothing has happened yet. */
  newestAt: Date | undefined
}

const rowsAtOnce = 500

/** Opens every row once, and looks whether it is what this version writes. */
export async function survey({ database, cipher }: Usable): Promise<Survey> {
  const rowsOf = new Map<string, number>()
  const unreadable = new Map<string, number>()
  const counted = new Map<string, number>()
  const guildIds = new Set<GuildId>()
  let newest: string | undefined

  function look(namespace: string, { key, text }: Row): void {
    add(counted, countedAs(namespace, key))
    if (namespace !== 'meta') for (const guildId of guildIn(key)) guildIds.add(guildId)
    try {
      add(rowsOf, split(text).keyId)
      const json: unknown = JSON.parse(cipher.open({ namespace, key }, text))
      const shape = shapeIn[namespace]
      if (shape) valueBy(shape, json)
      if (namespace !== 'meta') newest = laterOf(newest, newestIn(json))
    } catch (error) {
      // A schema's own words may quote the value, which is why they go no further.
      const why = error instanceof CannotOpen ? error.message : 'not of the shape this version writes'
      add(unreadable, `${namespace}: ${why}`)
    }
  }

  for (const namespace of await database.namespaces()) {
    const rows = database.rows(namespace)
    for (let last = ''; ; ) {
      const page = await rows.after(last, rowsAtOnce)
      for (const row of page) look(namespace, row)
      const lastOfPage = page.at(-1)
      if (lastOfPage === undefined) break
      last = lastOfPage.key
    }
  }
  const many = (what: string) => counted.get(what) ?? 0
  return {
    rowsOf,
    unreadable,
    rows: [...counted.values()].reduce((sum, each) => sum + each, 0),
    guildIds: [...guildIds],
    people: many('people'),
    links: many('links'),
    requests: many('requests'),
    newestAt: newest === undefined ? undefined : new Date(newest),
  }
}

/** A link lies there twice where it has an address: under the member it is counted. */
const countedAs = (namespace: string, key: string) =>
  namespace === 'links' && !key.startsWith('member:') ? 'links by address' : namespace

/** Every key begins with its guild, or with one word and then the guild. */
export function guildIn(key: string): GuildId[] {
  const [, guildId] = /^(?:[a-z]+:)?(\d+)(?::|$)/u.exec(key) ?? []
  return guildId === undefined ? [] : [id<GuildId>(guildId)]
}

/** The fields that say when something happened; others say when something will. */
const happened = new Set(['at', 'askedAt', 'confirmedAt', 'decidedAt', 'linkedAt', 'greetedAt', 'leftAt'])

function newestIn(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  let found: string | undefined
  for (const [name, value] of Object.entries(json)) {
    const moment = typeof value === 'string' && happened.has(name) ? value : newestIn(value)
    found = laterOf(found, moment)
  }
  return found
}

/** Moments are kept as ISO texts, whose order is that of time. */
const laterOf = (a: string | undefined, b: string | undefined) =>
  a === undefined || (b !== undefined && b > a) ? b : a

const add = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)

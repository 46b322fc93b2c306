import type { Random } from './random.ts'
import type { ListForm, ListText } from './share-lists.ts'
import { textOf } from './share-lists.ts'

/** A list that something happened to, and whose rows it happened to, as far as that can be said. */
export interface Mutated {
  kind: string
  body: Buffer
  rows: readonly number[]
}

/** Everything but a whole row taken out cleanly: that leaves a list which says the truth as well as any. */
export function mutate(random: Random, list: ListText): Mutated {
  const kinds = mutations.filter(({ forms }) => forms === undefined || forms.includes(list.form))
  const [first, ...others] = kinds
  if (!first) throw new Error('there is no mutation')
  const { kind, change } = random.pick([first, ...others])
  const copy: ListText = { ...list, rows: [...list.rows] }
  const at = random.below(copy.rows.length)
  const answer = change(random, copy, at)
  return { kind, rows: [at], ...(answer ?? { body: Buffer.from(textOf(copy)) }) }
}

/** `change` alters the copy of the list in place, or answers with bytes of its own. */
interface Mutation {
  kind: string
  forms?: readonly ListForm[]
  change(random: Random, list: ListText, at: number): Omit<Mutated, 'kind'> | undefined
}

const xml = ['v2 XML', 'v1 XML'] as const
const v2 = ['v2 JSON', 'v2 XML'] as const

const edit = (list: ListText, at: number, change: (row: string) => string) => {
  list.rows[at] = change(list.rows[at] ?? '')
}
/** The value of a field in whatever form it stands, replaced once. */
const field = (row: string, name: string, value: string, form: ListForm) =>
  form === 'v2 JSON'
    ? row.replace(new RegExp(`"${name}":("[^"]*"|[^,}\\]]*)`, 'u'), () => `"${name}":${value}`)
    : row.replace(new RegExp(` ${name}="[^"]*"`, 'u'), () => ` ${name}="${value.replaceAll('"', '')}"`)
const without = (row: string, name: string, form: ListForm) =>
  form === 'v2 JSON'
    ? row.replace(new RegExp(`"${name}":("[^"]*"|[^,}\\]]*),?`, 'u'), '')
    : row.replace(new RegExp(` ${name}="[^"]*"`, 'u'), '')
const accountField = (form: ListForm) => (form === 'v1 XML' ? 'userID' : 'invitedId')

const mutations: readonly Mutation[] = [
  ...['bytes flipped', 'bytes flipped', 'bytes flipped', 'bytes flipped'].map((kind) => ({
    kind,
    change(random: Random, list: ListText) {
      const body = Buffer.from(textOf(list))
      const rows = new Set<number>()
      for (let left = 1 + random.below(3); left > 0; left--) {
        const place = random.below(body.length)
        const odd = random.pick(['<', '>', '/', '"', ' ', '&', '0', '9', 'x', '\0', '{', ']', ',', '-', '='])
        body[place] = random.chance(0.5) ? odd.charCodeAt(0) : (body[place] ?? 0) ^ (1 << random.below(8))
        rows.add(rowAt(list, place))
      }
      return { body, rows: [...rows] }
    },
  })),
  {
    kind: 'a piece lost, doubled or moved',
    change(random, list) {
      const text = textOf(list)
      const from = random.below(text.length)
      const to = Math.min(text.length, from + 1 + random.below(1_200))
      const piece = text.slice(from, to)
      const elsewhere = random.below(text.length)
      const lost = text.slice(0, from) + text.slice(to)
      const body = random.pick([
        lost,
        text.slice(0, to) + piece + text.slice(to),
        lost.slice(0, elsewhere) + piece + lost.slice(elsewhere),
      ])
      return { body: Buffer.from(body), rows: [rowAt(list, from), rowAt(list, to)] }
    },
  },
  {
    kind: 'a row lost, and the size left',
    forms: ['v1 XML'],
    change(random, list, at) {
      list.rows.splice(at, 1 + random.below(list.rows.length - at))
    },
  },
  {
    kind: 'an id blanked or spoilt',
    change(random, list, at) {
      edit(list, at, (row) =>
        random.chance(0.3)
          ? without(row, 'id', list.form)
          : field(
              row,
              'id',
              random.pick(['""', 'null', '0', '"0"', '-1', '1e99', '{"a":1}', '"abc"']),
              list.form,
            ),
      )
    },
  },
  {
    kind: 'the id of another row',
    change(random, list, at) {
      const other = /\b32\d{6}\b/u.exec(list.rows[random.below(list.rows.length)] ?? '')?.[0] ?? '32000000'
      edit(list, at, (row) => field(row, 'id', other, list.form))
    },
  },
  {
    kind: 'another machine identifier, or none',
    forms: v2,
    change(random, list, at) {
      const other = random.pick(['"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee0f"', '""', '"0"', 'null'])
      edit(list, at, (row) =>
        random.chance(0.3)
          ? without(row, 'machineIdentifier', list.form)
          : field(row, 'machineIdentifier', other, list.form),
      )
    },
  },
  {
    kind: 'another account, or none',
    change(random, list, at) {
      const other = random.pick(['""', '0', '21999999', 'null', '"x"'])
      edit(list, at, (row) => field(row, accountField(list.form), other, list.form))
    },
  },
  {
    kind: 'another flag or date',
    change(random, list, at) {
      const name = random.pick(['accepted', 'acceptedAt', 'deletedAt', 'leftAt', 'allLibraries'])
      // No real date in `deletedAt`: that would say that it was taken back.
      const other = random.pick(['""', '0', '"soon"', 'false', '"nu11"', '"-"'])
      edit(list, at, (row) => field(row, name, other, list.form))
    },
  },
  {
    kind: 'a field renamed or lost',
    change(random, list, at) {
      edit(list, at, (row) => {
        const names =
          list.form === 'v2 JSON' ? [...row.matchAll(/"(\w+)":/gu)] : [...row.matchAll(/ (\w+)="/gu)]
        const name = names[random.below(names.length)]?.[1] ?? 'id'
        if (random.chance(0.3)) return without(row, name, list.form)
        return list.form === 'v2 JSON'
          ? row.replace(`"${name}":`, `"${name}x":`)
          : row.replace(` ${name}="`, ` ${name}x="`)
      })
    },
  },
  {
    kind: 'an element renamed',
    forms: xml,
    change(random, list, at) {
      const names = ['haredServer', 'ection', 'libraries', 'library', 'invited'] as const
      const name = random.pick(names)
      edit(list, at, (row) => row.replaceAll(name, `${name}s`))
    },
  },
  {
    kind: 'the root renamed',
    forms: xml,
    change(random, list) {
      const name = random.pick(['Container', 'users', 'html', 'Response'])
      list.head = list.head.replace(/<(MediaContainer|sharedServers)/u, `<${name}`)
      list.tail = list.tail.replace(/<\/\w+/u, `</${name}`)
    },
  },
  {
    kind: 'a row in a comment, as text, or in another',
    forms: xml,
    change(random, list, at) {
      edit(list, at, (row) =>
        random.pick([
          `<!-- ${row} -->`,
          `<![CDATA[${row}]]>`,
          row.replace('<', '&lt;').replaceAll('><', '>&lt;'),
          `<group>${row}</group>`,
        ]),
      )
    },
  },
  {
    kind: 'a row that is none',
    forms: ['v2 JSON'],
    change(random, list, at) {
      edit(list, at, (row) =>
        random.pick(['null', '[]', '{}', `[${row}]`, JSON.stringify(row), `{"row":${row}}`]),
      )
    },
  },
  {
    kind: 'a row doubled',
    change(_, list, at) {
      list.rows.splice(at, 0, list.rows[at] ?? '')
    },
  },
  {
    kind: 'an entity or an escape',
    change(random, list, at) {
      const odd = random.pick(['&#0;', '&bogus;', '&#x110000;', '&', '\\u0000', '\\ud800', '&lol;'])
      edit(list, at, (row) =>
        row.replace(random.pick(['viewer', 'example', '3200', 'c0ffee']), (word) => word + odd),
      )
    },
  },
  {
    kind: 'a document type, or something before or after',
    change(random, list) {
      const type = '<!DOCTYPE x [<!ENTITY lol "lol"><!ENTITY e SYSTEM "file:///etc/passwd">]>'
      const odd = random.pick([type, '<!ENTITY x "y">', ")]}',\n", 'true', '<html>', '{}', '\0'])
      if (random.chance(0.5)) list.head = list.head.replace(/^(<\?xml[^>]*>)?/u, (start) => start + odd)
      else list.tail += odd
    },
  },
]

/** Whose row the byte at this place belongs to: the rows stand one after the other. All of it is ASCII. */
function rowAt({ head, rows, between }: ListText, place: number): number {
  let end = head.length
  for (const [at, row] of rows.entries()) {
    end += row.length + between.length
    if (place < end) return at
  }
  return rows.length - 1
}

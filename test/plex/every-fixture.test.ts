import { describe, expect, test } from 'vitest'
import { cases, table } from './support/fixture-table.ts'
import { fixtures } from './support/fixtures.ts'
import { failureOf } from './support/outcome.ts'
import { connected, serve, standIn } from './support/stand-in.ts'

test('the table has a row for every fixture, and no other', () => {
  expect(Object.keys(table).sort()).toEqual(fixtures.map(({ file }) => file).sort())
})

describe.each(Object.entries(table))('%s', (file, [ask, gives, kind]) => {
  const {
    method,
    url,
    expect: meaning,
  } = fixtures.find((each) => each.file === file) ?? {
    method: '',
    url: '',
    expect: '',
  }

  test([cases[file], meaning].filter(Boolean).join(': '), async () => {
    const path = new URL(url, 'https://plex.tv').pathname
    const server = await standIn({ [`${method} ${path}`]: serve(file) })
    const { http } = connected(server.url)

    if (kind !== undefined) {
      const failure = await failureOf(ask(http))
      expect(failure.kind).toBe(kind)
    } else {
      expect(await ask(http)).toEqual(gives)
    }
    expect(server.asked()).toContain(`${method} ${path}`)
  })
})

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { id, type ServerId } from '../../src/lib/ids.ts'
import { readAcceptedShares, readPendingShares } from '../../src/plex/api/shares.ts'
import type { PlexHttp } from '../../src/plex/http.ts'
import { BadXml, parseXml, type XmlDocument } from '../../src/plex/xml.ts'
import { parseLargeXml } from '../../src/plex/xml-thread.ts'
import { brief } from './support/brief.ts'
import { fixtureBody, harbor } from './support/fixtures.ts'
import { failureOf } from './support/outcome.ts'
import { connected, type Reply, type StandIn, standIn } from './support/stand-in.ts'

const server = id<ServerId>(harbor)
const v1List = `GET /api/servers/${harbor}/shared_servers`
const v2List = 'GET /api/v2/shared_servers/owned/accepted'

const v1Text = fixtureBody('shared_servers-v1/two-200.xml').toString()
const v2Text = fixtureBody('shared_servers-v2/owned-accepted-200.json').toString()

/** Everybody in either list, or that it could not be found out. */
async function everybody(http: PlexHttp): Promise<string[] | 'unknown'> {
  try {
    const lists = [await readAcceptedShares(http, server), await readPendingShares(http, server)]
    return lists.flatMap(({ rows }) => rows.map(brief))
  } catch {
    return 'unknown'
  }
}

/** A server that answers with whatever text is set. */
async function changing(route: string): Promise<{ plex: StandIn; say(body: string | Buffer): void }> {
  let body: string | Buffer = ''
  const plex = await standIn({ [route]: { by: (response) => response.end(body) } })
  return {
    plex,
    say: (text) => {
      body = text
    },
  }
}

const documentIn = (text: string): XmlDocument | 'refused' => {
  try {
    return parseXml(text)
  } catch (error) {
    if (error instanceof BadXml) return 'refused'
    throw error
  }
}

describe('P11: a list that is cut off', () => {
  test('anywhere in XML is none', () => {
    const whole = parseXml(v1Text)
    const end = v1Text.trimEnd().length
    for (let at = 0; at < v1Text.length; at++) {
      expect(documentIn(v1Text.slice(0, at))).toEqual(at < end ? 'refused' : whole)
    }
  })

  test.each([
    ['XML', v1List, v1Text],
    ['JSON', v2List, v2Text],
  ])('anywhere in %s is "could not find out"', async (_, route, text) => {
    const { plex, say } = await changing(route)
    const { http } = connected(plex.url)
    say(text)
    const whole = await readAcceptedShares(http, server)
    expect(whole.rows.length).toBeGreaterThan(1)
    await fc.assert(
      fc.asyncProperty(fc.nat(text.trimEnd().length - 1), async (at) => {
        say(text.slice(0, at))
        expect((await failureOf(readAcceptedShares(http, server))).kind).toBe('unexpected')
      }),
      { numRuns: 80 },
    )
  })

  test('in its middle by the connection is "could not find out"', async () => {
    const cut: Reply = {
      by: (response) => {
        response.writeHead(200, { 'content-length': v2Text.length })
        response.write(v2Text.slice(0, 500), () => response.destroy())
      },
    }
    const plex = await standIn({ [v2List]: cut })
    expect((await failureOf(readAcceptedShares(connected(plex.url).http, server))).kind).toBe('unreachable')
  })
})

test('P11: a list with any one character changed, lost or doubled is never shorter', async () => {
  const { plex, say } = await changing(v1List)
  const { http } = connected(plex.url)
  const change = fc.constantFrom('<', '>', '/', '"', ' ', '&', '0', 'x', '\0', '')
  await fc.assert(
    fc.asyncProperty(fc.nat(v1Text.length - 1), change, fc.boolean(), async (at, character, isExtra) => {
      say(v1Text.slice(0, at) + character + v1Text.slice(isExtra ? at : at + 1))
      const read = await everybody(http)
      if (read !== 'unknown') expect(read).toHaveLength(2)
    }),
    { numRuns: 250 },
  )
})

test.each([
  ['nothing', { body: '' }],
  ['204', { status: 204 }],
  ['a word', { body: 'Unauthorized' }],
  ['true', { body: 'true' }],
  ['a JSON of another thing', { body: '{"users":[]}' }],
  ['an error under 200', { body: '{"errors":[{"code":1002,"message":"x","status":404}]}' }],
  ['a refusal under 200', { body: '<Response code="500" status="Internal error"/>' }],
  ['rows without their server', { body: '[{"id":1}]' }],
  ['ids that are no longer exact', { body: v2Text.replace('30000001', '9007199254740993') }],
  ['bytes that are no text', { body: Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]) }],
  ['a compression that is none', { headers: { 'content-encoding': 'gzip' }, body: 'not gzip' }],
  ['an unknown alphabet', { headers: { 'content-type': 'application/json; charset=klingon' }, body: '[]' }],
] as const)('%s is no empty list', async (_, reply) => {
  const plex = await standIn({ [v2List]: reply })
  const failure = await failureOf(readAcceptedShares(connected(plex.url).http, server))
  // What an error under 200 says of itself is believed, but never that there is nobody.
  expect(['unexpected', 'serverError', 'notFound']).toContain(failure.kind)
})

test.each([
  [
    'that promises rows and has only such of an unknown name',
    '<MediaContainer size="2"><Share/></MediaContainer>',
  ],
  ['that has another root', '<Container size="0"></Container>'],
  ['with a name that is no UTF-8', Buffer.from(v1Text.replace('mira_q', 'mir\u00e1'), 'latin1')],
])('a list of the older form %s is no list', async (_, body) => {
  const plex = await standIn({ [v1List]: { body } })
  const failure = await failureOf(readAcceptedShares(connected(plex.url).http, server))
  expect(failure.kind).toBe('unexpected')
})

describe('an answer that is too long', () => {
  test('is given up after what is allowed, though it came packed', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
    const plex = await standIn({ [v2List]: { headers: { 'content-encoding': 'gzip' }, body: bomb } })
    const { failure } = await failureOf(readAcceptedShares(connected(plex.url).http, server))
    expect(failure).toEqual({ kind: 'unexpected', excerpt: 'longer than allowed' })
  })

  test('is given up while it comes', async () => {
    let sent = 0
    const endless: Reply = {
      by: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const more = () => {
          while (!response.destroyed && sent < 64 * 1024 * 1024) {
            sent += 64 * 1024
            if (!response.write(Buffer.alloc(64 * 1024, ' '))) return
          }
        }
        response.on('drain', more)
        more()
      },
    }
    const plex = await standIn({ [v2List]: endless })
    const { failure } = await failureOf(readAcceptedShares(connected(plex.url).http, server))
    expect(failure).toEqual({ kind: 'unexpected', excerpt: 'longer than allowed' })
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })
})

describe('a large document in the other thread', () => {
  const large = fixtureBody('shared_servers-v1/hundred-200.xml').toString()

  test('reads as in this one', async () => {
    const both = [large, fixtureBody('shared_servers-v1/nasty-names-200.xml').toString()]
    expect(await Promise.all(both.map(parseLargeXml))).toEqual(both.map(parseXml))
  })

  test('is refused as in this one', async () => {
    await expect(parseLargeXml(large.slice(0, -20))).rejects.toBeInstanceOf(BadXml)
    await expect(parseLargeXml('')).rejects.toBeInstanceOf(BadXml)
  })

  test('is read there when it comes from plex.tv', async () => {
    const rows = large.replace('</MediaContainer>', '').split('\n')
    const twice = [...rows, ...rows.slice(2), '</MediaContainer>'].join('\n')
    expect(twice.length).toBeGreaterThan(100_000)
    const plex = await standIn({ [v1List]: { body: twice } })
    expect((await readAcceptedShares(connected(plex.url).http, server)).rows).toHaveLength(200)
  })
})

import { describe, expect, test } from 'vitest'
import type { LogFields } from '../../src/lib/log.ts'
import { fixtureBody, harbor } from './support/fixtures.ts'
import { accepted, harborToday, pending, problemIn, v1Shares, valueIn } from './support/sharing.ts'
import { type Reply, serve } from './support/stand-in.ts'

const gone: Reply = { status: 410 }
const inV1 = (reply: Reply) => ({ [accepted]: gone, [pending]: gone, [`GET ${v1Shares}`]: reply })
const v2Text = fixtureBody('shared_servers-v2/owned-accepted-200.json').toString()
const v2Xml = fixtureBody('shared_servers-v2/owned-accepted-200.xml').toString()
const v1Text = fixtureBody('shared_servers-v1/two-200.xml').toString()
const unknownServer = 'beef00beef00beef00beef00beef00beef00beef'
const lighthouse = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee02'
const resources = 'GET /api/v2/resources'
// The fixture is plex.tv's list of devices.
const devices = JSON.parse(String(serve('resources/v2-resources-200.json').body)) as Record<string, unknown>[]
const ownedToo = (id: string) => ({
  ...devices.find(({ owned }) => owned === true),
  name: id,
  clientIdentifier: id,
})
const withServers = (...ids: string[]): Reply => ({
  body: JSON.stringify([...devices, ...ids.map(ownedToo)]),
})

/** What is told of the owner's Harbor. Lighthouse is his too, and v2's lists have its rows. */
async function activeIn(routes: Parameters<typeof harborToday>[0]) {
  const { sharing } = await harborToday({ [resources]: withServers(lighthouse), ...routes })
  const { value, untold } = valueIn(await sharing.shares('active'))
  return { ids: value.map(({ id }) => id), untold }
}

/** v2's list as JSON, with its first row changed. */
const v2With = (change: Record<string, unknown>): Reply => {
  // The fixture is plex.tv's list.
  const [first, ...rest] = JSON.parse(v2Text) as Record<string, unknown>[]
  return { body: JSON.stringify([{ ...first, ...change }, ...rest]) }
}

describe('a row that cannot be told is nobody’s share, and is said to be there', () => {
  test.each([
    ['no id', { id: null }, {}],
    ['no server', { machineIdentifier: '' }, { id: '30000001' }],
    ['a server that the owner does not have', { machineIdentifier: unknownServer }, { id: '30000001' }],
    ['an end that is neither a time nor none', { leftAt: 'soon' }, { id: '30000001' }],
  ])('%s', async (_, change, named) => {
    const { ids, untold } = await activeIn({ [accepted]: v2With(change) })
    expect(ids).not.toContain('30000001')
    expect(ids.length).toBeGreaterThan(0)
    expect(untold).toMatchObject([{ ...named, who: { accountId: '20000001', username: 'mira_q' } }])
  })

  test('one that names its person under another word may be anybody’s', async () => {
    const spoilt = v2With({ invited: undefined, inviteed: { id: 20000077, username: 'somebody' } })
    const { ids, untold } = await activeIn({ [accepted]: spoilt })
    expect(ids).not.toContain('30000001')
    expect(ids.length).toBeGreaterThan(0)
    expect(untold).toEqual([{ who: {} }])
  })

  test('an id of two people is nobody’s, in one server’s rows or across two', async () => {
    const here = await activeIn(inV1(serve('shared_servers-v1/duplicate-share-id-200.xml')))
    expect(here).toMatchObject({ ids: [], untold: [{ id: '111' }, { id: '111' }] })
    const elsewhere = { id: 30000002, machineIdentifier: lighthouse }
    const across = await activeIn({ [accepted]: v2With(elsewhere) })
    expect(across.ids).not.toContain('30000002')
    expect(across.untold).toMatchObject([{ id: '30000002' }])
  })

  test.each([
    ['a size that promises more', serve('shared_servers-v1/size-lies-200.xml'), 7],
    [
      'an element of another name',
      {
        body: v1Text.replace('size="2"', '').replace('</MediaContainer>', '<Share id="3"/></MediaContainer>'),
      },
      1,
    ],
    [
      'text between the rows',
      { body: v1Text.replace('</MediaContainer>', ';Shared /></MediaContainer>') },
      1,
    ],
    ['a row that is commented out', serve('hostile/cdata-comment-200.xml'), 1],
    ['a size beyond all measure', { body: v1Text.replace('size="2"', 'size="99999999999999999999"') }, 1_000],
  ])('%s', async (_, reply, many) => {
    const { ids, untold } = await activeIn(inV1(reply))
    expect(ids.length).toBeGreaterThan(0)
    expect(untold).toEqual(Array.from({ length: many }, () => ({ who: {} })))
  })

  test('a row of v2’s list in XML that is commented out', async () => {
    const start = v2Xml.indexOf('<sharedServer ')
    const end = v2Xml.indexOf('</sharedServer>') + '</sharedServer>'.length
    const row = v2Xml.slice(start, end).replaceAll('30000001', '30000099')
    const body = `${v2Xml.slice(0, start)}<!-- ${row} -->${v2Xml.slice(start)}`
    const { ids, untold } = await activeIn({ [accepted]: { body } })
    expect(ids).not.toContain('30000099')
    expect(untold).toEqual([{ who: {} }])
  })

  test('an ordinary list has none, nor has one with a comment that is only words', async () => {
    expect((await activeIn({})).untold).toEqual([])
    const body = v1Text.replace('</MediaContainer>', '<!-- page 1 of 1 --></MediaContainer>')
    expect((await activeIn(inV1({ body }))).untold).toEqual([])
  })

  test('nothing but such rows is no list', async () => {
    const body = JSON.stringify([{ id: 1 }, { machineIdentifier: harbor }])
    const { sharing } = await harborToday({ [accepted]: { body } })
    expect(problemIn(await sharing.shares('active'))).toMatchObject({ kind: 'unexpected' })
  })
})

test('libraries that stand under another name, or without their id, are not said to be fewer', async () => {
  for (const change of [
    ['<Section id="910000001"', '<Sections id="910000001"'],
    ['<Section id="910000001"', '<Section id=""'],
    ['<Section id="910000001"', ';Section id="910000001"'],
  ] as const) {
    const { sharing } = await harborToday(inV1({ body: v1Text.replace(change[0], change[1]) }))
    const [mira] = valueIn(await sharing.shares('active')).value
    expect(mira).toMatchObject({ id: '30000001', access: undefined })
  }
})

test('a server that was set up since is asked for once in a while, and its rows are then told', async () => {
  const warnings: LogFields[] = []
  const log = {
    debug: () => {},
    info: () => {},
    error: () => {},
    warn: (fields: LogFields) => warnings.push(fields),
  }
  const before = withServers(lighthouse)
  const after = withServers(lighthouse, unknownServer)
  const { sharing, clock, asked } = await harborToday(
    { [accepted]: v2With({ machineIdentifier: unknownServer }), [resources]: [before, before, after] },
    { log },
  )
  const untold = async () => valueIn(await sharing.shares('active', { fresh: true })).untold.length
  expect(await untold()).toBe(1)
  clock.pass(11 * 60_000)
  expect(await untold()).toBe(1)
  expect(await untold()).toBe(1)
  clock.pass(11 * 60_000)
  expect(await untold()).toBe(0)
  expect(asked().filter((each) => each === resources)).toHaveLength(2)
  expect(warnings.at(-1)).toMatchObject({ ofNoKnownServer: 1 })
})

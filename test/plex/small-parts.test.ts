import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adviceFor, PlexError, type PlexFailure } from '../../src/plex/errors.ts'
import { inFirstWorkingForm } from '../../src/plex/forms.ts'
import { KeptReading } from '../../src/plex/kept-reading.ts'
import { askAgainAt } from '../../src/plex/retry-after.ts'
import { scrub } from '../../src/plex/scrub.ts'
import { fakeClock } from './support/fake-clock.ts'

const now = new Date('2026-11-21T10:00:00Z')
const seconds = (from: Date) => (from.getTime() - now.getTime()) / 1_000

describe('when to ask again', () => {
  test.each([
    ['7', 7],
    [' 30 ', 30],
    ['0', 0],
    ['86400', 600],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['Mon, 21 Dec 2026 10:00:00 GMT', 600],
  ])('"%s" is %i seconds', (header, expected) => {
    expect(seconds(askAgainAt(header, 0, now, 1))).toBe(expected)
  })

  test.each([undefined, '', '-5, soon', 'tomorrow', '1e3', 'Infinity', '7.5', ['7']])(
    '%j is our own pace',
    (header) => {
      expect([0, 1, 2, 50].map((before) => seconds(askAgainAt(header, before, now, 0)))).toEqual([
        2, 4, 8, 60,
      ])
      expect(seconds(askAgainAt(header, 0, now, 1))).toBe(3)
    },
  )
})

describe('a piece of text for the log', () => {
  test.each([
    ['{"authToken":"FAKEtoken"}', 'FAKE'],
    ['<user authenticationToken="FAKEtoken" pin="4711"/>', 'FAKE|4711'],
    ['<authentication-token>FAKEtoken</authentication-token>', 'FAKE'],
    ['accessToken=FAKEtoken&pin=4711&x=1', 'FAKE|4711'],
    ['{"code": "k3xv", "pin": "4711"}', 'k3xv|4711'],
    ['sharing with mira@example.com. Please', 'mira|example'],
    ['claim-FAKE00', 'FAKE'],
    ['a FAKEownerToken000001 in a sentence', 'FAKE'],
    ['{"secret" : "FAKE", "password":"FAKE", "verificationCode": "FAKE"}', 'FAKE'],
  ])('%s shows no secret', (text, secret) => {
    expect(scrub(text)).not.toMatch(new RegExp(secret, 'u'))
  })

  test('keeps what helps', () => {
    expect(scrub('The username or email entered\nappears to be invalid.')).toBe(
      'The username or email entered appears to be invalid.',
    )
  })

  test('never shows a token, wherever it stands, and stays short', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9_-]{20}$/u)
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80 }),
        token,
        fc.string({ maxLength: 80 }),
        (before, secret, after) => {
          const shown = scrub(`${before} ${secret} ${after}`)
          expect(shown).not.toContain(secret)
          expect(shown.length).toBeLessThanOrEqual(160)
        },
      ),
    )
  })
})

describe('forms of one operation', () => {
  const failing = (failure: PlexFailure, status: number) => async () => {
    throw new PlexError({ failure, method: 'GET', route: '/x', status, mayHaveHappened: false })
  }
  const asked = (names: string[], name: string, ask: () => Promise<string>) => ({
    name,
    ask: () => {
      names.push(name)
      return ask()
    },
  })
  const newer = (names: string[], failure: PlexFailure, status: number) =>
    asked(names, 'newer', failing(failure, status))
  const older = (names: string[]) => asked(names, 'older', async () => 'value')

  test.each([
    ['gone', { kind: 'gone' }, 410],
    ['not found, while the older one works', { kind: 'notFound' }, 404],
    ['a page under 404, while the older one works', { kind: 'unexpected', excerpt: '' }, 404],
  ] as const)('%s: the newer is not asked again', async (what, failure, status) => {
    const names: string[] = []
    for (let turn = 0; turn < 2; turn++) {
      const forms = [newer(names, failure, status), older(names)]
      expect(await inFirstWorkingForm(`forms ${what}`, forms)).toBe('value')
    }
    expect(names).toEqual(['newer', 'older', 'older'])
  })

  test.each([
    [{ kind: 'unauthorised' }, 404],
    [{ kind: 'serverError' }, 502],
    [{ kind: 'unexpected', excerpt: '' }, 200],
    [{ kind: 'rejected' }, 400],
  ] as const)('%j under %i is the answer, and no older form is asked', async (failure, status) => {
    const names: string[] = []
    const outcome = inFirstWorkingForm('forms answered', [newer(names, failure, status), older(names)])
    await expect(outcome).rejects.toMatchObject({ failure })
    expect(names).toEqual(['newer'])
  })

  test('where all are retired one is asked, since it says so best', async () => {
    const gone = failing({ kind: 'gone' }, 410)
    for (let turn = 0; turn < 2; turn++) {
      const names: string[] = []
      const forms = [asked(names, 'a', gone), asked(names, 'b', gone)]
      await expect(inFirstWorkingForm('forms all gone', forms)).rejects.toMatchObject({ kind: 'gone' })
      expect(names).toEqual(turn === 0 ? ['a', 'b'] : ['b'])
    }
  })
})

describe('a kept reading', () => {
  const numbers = () => {
    const clock = fakeClock()
    let last = 0
    return { clock, kept: new KeptReading(async () => ++last, clock, 60_000) }
  }

  test('is old when the clock was set back', async () => {
    const { clock, kept } = numbers()
    await kept.read()
    clock.pass(-1)
    expect((await kept.read()).value).toBe(2)
  })

  test('is as an edit says, and no younger for it', async () => {
    const { clock, kept } = numbers()
    await kept.read()
    clock.pass(30_000)
    kept.edit((value) => value + 100)
    expect((await kept.read()).value).toBe(101)
    clock.pass(30_000)
    expect((await kept.read()).value).toBe(2)
  })

  test('stays when the next question fails', async () => {
    const clock = fakeClock()
    const answers = [async () => 'first', () => Promise.reject(new Error('down'))]
    const kept = new KeptReading(() => (answers.shift() ?? (async () => 'third'))(), clock, 60_000)
    await kept.read()
    await expect(kept.read(true)).rejects.toThrow('down')
    expect(kept.last()?.value).toBe('first')
    expect((await kept.read(true)).value).toBe('third')
  })
})

describe('an error of plex.tv', () => {
  const error = new PlexError({
    failure: { kind: 'rejected' },
    method: 'POST',
    route: '/api/v2/users',
    status: 422,
    details: [{ code: '1999', message: 'is invalid', field: 'email' }],
    mayHaveHappened: false,
  })

  test('is a sentence', () => {
    expect(error.message).toBe('POST /api/v2/users: rejected (422): 1999 is invalid')
    expect(inspect(error)).toContain('PlexError: POST /api/v2/users')
  })

  test.each([
    ['timedOut', 'againNow'],
    ['serverError', 'againLater'],
    ['rejected', 'never'],
    ['wrongPin', 'askAPerson'],
  ] as const)('%s: %s', (kind, advice) => {
    expect(adviceFor({ kind })).toBe(advice)
  })
})

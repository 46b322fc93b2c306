import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { createLogger } from '../../src/ops/logger.ts'
import { createRedaction } from '../../src/ops/redact.ts'

function logger(level: 'debug' | 'info' | 'warn' | 'error' = 'debug') {
  const lines: string[] = []
  const log = createLogger({ level, write: (line) => lines.push(line) })
  return { log, lines, last: () => parsed(lines.at(-1) ?? '') }
}

function parsed(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null) throw new Error('the line is no JSON object')
  return { ...value }
}

const discordToken = ['MTIzNDU2Nzg5MDEyMzQ1Njc4', 'GaBcDe', 'abcdefghijklmnopqrstuvwxyz0123456789AB'].join(
  '.',
)
const plexToken = 'xYz123-_AbCdEfGh4567'
const interactionToken = `aW50ZXJhY3Rpb246${'MTIzNDU2Nzg5MDEyMzQ1Njc4OmFiY2RlZg'.repeat(3)}`
const webToken = `eyJhbGciOiJFZERTQSJ9.eyJub25jZSI6ImFiYyJ9.${'c2lnbmF0dXJl'.repeat(4)}`

describe('the log', () => {
  it('is one JSON line an event, with time, level, fields and words', () => {
    const { log, lines, last } = logger()
    log.info({ guildId: '1', count: 2, at: new Date('2026-11-21T07:00:00Z') }, 'Hello')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.endsWith('\n')).toBe(true)
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      guildId: '1',
      count: 2,
      at: '2026-11-21T07:00:00.000Z',
      msg: 'Hello',
    })
  })

  it('leaves out what is less important than its level', () => {
    const { log, lines } = logger('warn')
    log.debug({}, 'no')
    log.info({}, 'no')
    log.warn({}, 'yes')
    log.error({}, 'yes')
    expect(lines).toHaveLength(2)
  })

  it('prints only fields that are allowed, and names the others', () => {
    const { log, lines, last } = logger()
    log.info(
      { guildId: '1', headers: { cookie: 'canary' }, body: 'canary', reason: { deep: 'canary' } },
      'Hello',
    )
    expect(last()).toMatchObject({ guildId: '1', notLogged: ['headers', 'body', 'reason'] })
    expect(lines.join()).not.toContain('canary')
  })

  it('prints an error’s name, message, code, stack and causes, and nothing that hangs on it', () => {
    const { log, lines, last } = logger()
    const cause = Object.assign(new Error('inner'), {
      code: 'ECONNRESET',
      config: { headers: { x: 'canary' } },
    })
    const error = Object.assign(new TypeError('outer', { cause }), {
      request: { token: 'canary' },
      response: 'canary',
    })
    log.error({ error }, 'It failed')
    expect(last().error).toMatchObject({
      name: 'TypeError',
      message: 'outer',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { message: 'inner', code: 'ECONNRESET' },
    })
    expect(lines.join()).not.toContain('canary')
  })

  it('survives errors that are their own cause', () => {
    const { log, last } = logger()
    const error = new Error('round')
    error.cause = error
    log.error({ error }, 'It failed')
    expect(last().error).toMatchObject({ message: 'round' })
  })

  it.each([
    ['a message', (secret: string) => `with ${secret} in it`],
    ['a nested JSON text', (secret: string) => JSON.stringify({ a: JSON.stringify({ secret }) })],
    ['an address', (secret: string) => `https://plex.tv/x?y=${encodeURIComponent(secret)}&z=1`],
    ['the beginning of a line', (secret: string) => `first\n${secret}\nlast`],
  ])('never prints a registered secret: in %s', (_, wrap) => {
    const secrets = ['canary/+="with\\odd\nsigns', 'kAnArY-plain-0123', 'känary ünicode']
    for (const secret of secrets) {
      const { log, lines, last } = logger()
      log.registerSecret(secret)
      log.registerSecret(new Secret('another-secret'))
      log.info({ reason: wrap(secret), error: new Error(wrap(secret)), guilds: [wrap(secret)] }, wrap(secret))
      log.info({ reason: wrap('another-secret') }, 'x')
      expect(last()).toMatchObject({ msg: 'x' })
      expect(lines.join()).not.toMatch(/canary|kAnArY|k(ä|%C3%A4)nary|another-secret/)
      expect(lines[0]).toContain('[secret]')
    }
  })

  it.each([
    ['a Discord bot token', `login with ${discordToken} failed`, discordToken],
    ['a Discord bot token in a header', `{"Authorization":"Bot ${discordToken}"}`, discordToken],
    ['a Plex token in a header', `X-Plex-Token: ${plexToken}`, plexToken],
    [
      'a Plex token in an address',
      `GET https://plex.tv/api/v2/user?X-Plex-Token=${plexToken}&a=b`,
      plexToken,
    ],
    ['a Plex token in XML', `<user id="1" authToken="${plexToken}" email="">`, plexToken],
    ['a Plex token in JSON', JSON.stringify({ id: 1, authToken: plexToken }), plexToken],
    ['a Plex token in JSON in JSON', JSON.stringify(JSON.stringify({ accessToken: plexToken })), plexToken],
    ['a Plex token in an object as a console shows it', inspect({ accessToken: plexToken }), plexToken],
    ['an interaction’s token', `continue with ${interactionToken}`, interactionToken],
    [
      'an interaction’s token in an address',
      `POST /interactions/123456789012345678/someUnknownShapeOfAToken123/callback`,
      'someUnknownShapeOfAToken123',
    ],
    [
      'a webhook’s token',
      `https://discord.com/api/webhooks/123456789012345678/abcDEF-ghiJKL_mnoPQR0123456789`,
      'abcDEF-ghiJKL_mnoPQR0123456789',
    ],
    ['a JSON web token', `auth ${webToken} x`, webToken],
    ['a password in an address', 'postgres://usherr:hunter2hunter2@db/usherr', 'hunter2hunter2'],
    ['an e-mail', 'invite alice.o’hara+plex@mail.example.co.uk now', 'mail.example'],
    ['an e-mail after a line break', 'x\nnancy@example.com', 'nancy'],
    ['an e-mail in an address', 'https://plex.tv/api/x?email=alice%40example.com', 'alice'],
    ['an e-mail in another alphabet', 'инна@пример.рф', 'инна'],
  ])('never prints %s that nobody registered', (_, text, secret) => {
    const { log, lines, last } = logger()
    log.warn({ reason: text, error: new Error(text), libraries: [text] }, text)
    expect(lines.join()).not.toContain(secret)
    expect(last()).toMatchObject({ level: 'warn' })
  })

  it('leaves ordinary words, ids and times as they are', () => {
    const { log, last } = logger()
    const words =
      'Guild 123456789012345678 asked @someone for 3 libraries at 12:30; version 1.2.3, a@b, C:\\new\\table'
    log.info({ reason: words, personId: 'abcdefghijklmnopqrstuv' }, words)
    expect(last()).toMatchObject({ msg: words, reason: words, personId: 'abcdefghijklmnopqrstuv' })
  })
})

describe('the filter', () => {
  it('is quick on long hostile lines', () => {
    const { redact, registerSecret } = createRedaction()
    registerSecret('registered-secret')
    const lines = [
      'a'.repeat(200_000),
      '@'.repeat(200_000),
      'a@'.repeat(100_000),
      'token'.repeat(40_000),
      '\\'.repeat(200_000),
    ]
    for (const line of lines) expect(redact(line)).toHaveLength(line.length)
    expect(redact(`${'x'.repeat(100_000)}registered-secret`)).toContain('[secret]')
  })

  it('hides the longer of two secrets of which one begins the other', () => {
    const { redact, registerSecret } = createRedaction()
    registerSecret('canary')
    registerSecret('canary-and-more')
    expect(redact('it is canary-and-more')).toBe('it is [secret]')
  })

  it('does not take a very short value for a secret: it would be found everywhere', () => {
    const { redact, registerSecret } = createRedaction()
    registerSecret('a')
    registerSecret('')
    expect(redact('banana')).toBe('banana')
  })
})

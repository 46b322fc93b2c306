import { describe, expect, test } from 'vitest'
import { type AccountId, id } from '../../src/lib/ids.ts'
import { isOwner, readRecipient } from '../../src/sharing/recipient.ts'

describe('whom an invitation goes to', () => {
  test.each([
    ['Mira@Example.com ', { email: 'mira@example.com' }],
    ['first.last+plex@mail.example.co.uk', { email: 'first.last+plex@mail.example.co.uk' }],
    ['josé@exämple.de', { email: 'josé@exämple.de' }],
    ['mira_q', { username: 'mira_q' }],
    ['jonas.b', { username: 'jonas.b' }],
    ['007', { username: '007' }],
  ])('%j is %j', (typed, who) => {
    expect(readRecipient(typed)).toEqual({ ok: true, who })
  })

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['mira@', 'malformedEmail'],
    ['@example.com', 'malformedEmail'],
    ['mira@example', 'malformedEmail'],
    ['mira@@example.com', 'malformedEmail'],
    ['mira@example.com, jonas@example.com', 'malformedEmail'],
    ['mira@exa mple.com', 'malformedEmail'],
    ['mira q', 'malformedUsername'],
    [`${'x'.repeat(65)}`, 'malformedUsername'],
  ])('%j is refused as %s', (typed, problem) => {
    expect(readRecipient(typed)).toEqual({ ok: false, problem })
  })

  test('the owner is recognised by address, name and account, whatever the case', () => {
    const owner = { accountId: id<AccountId>('1'), username: 'Harbor', email: 'owner@harbor.example' }
    expect(isOwner({ email: 'OWNER@harbor.example' }, owner)).toBe(true)
    expect(isOwner({ username: 'harbor' }, owner)).toBe(true)
    expect(isOwner({ accountId: id<AccountId>('1') }, owner)).toBe(true)
    expect(isOwner({ email: 'mira@example.com', username: 'mira' }, owner)).toBe(false)
    expect(isOwner({}, owner)).toBe(false)
  })
})

import { expect, test } from 'vitest'
import { type AccountId, id } from '../../src/lib/ids.ts'
import { findPerson } from '../../src/sharing/find-person.ts'
import type { PlexIdentity } from '../../src/sharing/ports.ts'

const account = (digits: string) => id<AccountId>(digits)
const row = (who: PlexIdentity) => ({ who })

const mira = row({ accountId: account('20000001'), username: 'mira_q', email: 'mira@example.com' })
const jonas = row({ accountId: account('20000002'), username: 'jonas.b', email: 'jonas.brandt@example.com' })
const newcomer = row({ email: 'Newcomer@Example.com' })
const everybody = [mira, jonas, newcomer]

test.each([
  ['account id', { accountId: account('20000001') }],
  ['address, whatever its case and blanks', { email: 'MIRA@example.com ' }],
  ['user name, whatever its case', { username: 'Mira_Q' }],
] as const)('C28: mira is found by her %s', (_, wanted) => {
  expect(findPerson(wanted, everybody)).toEqual({ kind: 'found', value: mira })
})

test('C30: an invitation to an address without an account is found by the address', () => {
  expect(findPerson({ email: 'newcomer@EXAMPLE.com' }, everybody)).toEqual({ kind: 'found', value: newcomer })
})

test('the account id decides before the address, and the address before the user name', () => {
  const wanted = { accountId: account('20000001'), email: 'jonas.brandt@example.com', username: 'jonas.b' }
  expect(findPerson(wanted, everybody)).toEqual({ kind: 'found', value: mira })
  expect(findPerson({ email: 'mira@example.com', username: 'jonas.b' }, everybody)).toEqual({
    kind: 'found',
    value: mira,
  })
})

test('somebody who now has the name, but is known to be another account, is not taken', () => {
  expect(findPerson({ accountId: account('20000099'), username: 'mira_q' }, everybody)).toEqual({
    kind: 'none',
  })
})

test('an account that shows another address than before is found by its id', () => {
  expect(findPerson({ accountId: account('20000001'), email: 'old@example.com' }, everybody)).toEqual({
    kind: 'found',
    value: mira,
  })
})

test('two accounts that answer to one address are ambiguous', () => {
  const twin = row({ accountId: account('20000036'), username: 'mira_two', email: 'MIRA@Example.com' })
  expect(findPerson({ email: 'mira@example.com' }, [mira, twin])).toEqual({
    kind: 'ambiguous',
    candidates: [mira, twin],
  })
})

test.each([
  ['nothing', {}],
  ['an empty address', { email: '' }],
  ['blanks', { email: '  ', username: ' ' }],
  ['account 0', { accountId: account('0') }],
  ['a title', { username: 'Mira' }],
] as const)('%s finds nobody', (_, wanted) => {
  const nameless = row({ email: '', username: '', accountId: account('0') })
  expect(findPerson(wanted, [...everybody, nameless, row({})])).toEqual({ kind: 'none' })
})

test('dots and plus signs in an address matter', () => {
  expect(findPerson({ email: 'mira+plex@example.com' }, everybody)).toEqual({ kind: 'none' })
})

import { expect, test } from 'vitest'
import { importWords } from '../../src/cli/import-words.ts'
import { type AccountId, id, type MemberId, type ShareId } from '../../src/lib/ids.ts'
import type { Share } from '../../src/sharing/ports.ts'
import type { RowFate, RowRefusal } from '../../src/sharing/take-over.ts'

const share: Share = {
  id: id<ShareId>('1'),
  status: 'active',
  who: { username: 'mira_q' },
  access: { kind: 'all' },
  settings: {},
}
const member = id<MemberId>('200000000000000001')
const [past, coming] = [new Date('2024-05-01T10:00:00Z'), new Date('2099-01-01T00:00:00Z')]

/** One of every kind: a new kind does not compile before it is here. */
const refusals: { [Reason in RowRefusal['reason']]: RowRefusal & { reason: Reason } } = {
  badMemberId: { reason: 'badMemberId' },
  ambiguous: {
    reason: 'ambiguous',
    candidates: [{ username: 'one', email: 'twin@example.com' }, { accountId: id<AccountId>('20000072') }],
  },
  memberTwice: { reason: 'memberTwice', rows: ['row 1', 'row 2'] },
  accountTwice: { reason: 'accountTwice', rows: ['row 1', 'row 2'] },
  otherMember: { reason: 'otherMember', memberId: member },
  memberHasOther: { reason: 'memberHasOther', who: { username: 'jonas.b' } },
  maybeThere: { reason: 'maybeThere' },
  underWay: { reason: 'underWay', isParked: false },
}
const fates: readonly RowFate[] = [
  { is: 'takenOver', share, does: ['adopt', 'link', 'endDate'] },
  { is: 'takenOver', share, does: ['link'], end: { is: 'past', endsAt: past } },
  { is: 'alreadySo', share },
  { is: 'alreadySo', share, sameAs: 'row 1', end: { is: 'otherHere', endsAt: coming, here: past } },
  { is: 'noShare' },
  { is: 'owner' },
  ...Object.values(refusals).map((because) => ({ is: 'refused' as const, because })),
  { is: 'refused', because: { reason: 'otherMember' } },
  { is: 'refused', because: { reason: 'underWay', isParked: true } },
]
const rows = fates.map((fate, at) => ({
  fate,
  row: { at: `row ${at + 1}`, who: { email: `person${at + 1}@example.com` } },
}))

test('every end of a row has words of its own, and every refusal its next step or its reason', () => {
  const done = importWords({ rows, serverName: 'Harbor' }, { unreadable: [], leftOut: [] }, false)
  expect(done.join('\n')).toMatchInlineSnapshot(`
    "where   who                   Discord member  what happened
    row 1   person1@example.com   (none)          taken into the records, linked to the member, end date set
    row 2   person2@example.com   (none)          linked to the member
    row 3   person3@example.com   (none)          already so
    row 4   person4@example.com   (none)          already so: the same as row 1
    row 5   person5@example.com   (none)          left out: plex.tv shows no access and no invitation on Harbor
    row 6   person6@example.com   (none)          left out: he owns the server
    row 7   person7@example.com   (none)          REFUSED: what stands in the place of the Discord member is no id (17 to 20 digits)
    row 8   person8@example.com   (none)          REFUSED: several people at plex.tv fit: twin@example.com, one; account 20000072
    row 9   person9@example.com   (none)          REFUSED: row 1, row 2 name the same Discord member; leave one in a copy of the file
    row 10  person10@example.com  (none)          REFUSED: row 1, row 2 are one Plex account with different members or end dates; leave one in a copy of the file
    row 11  person11@example.com  (none)          REFUSED: the account belongs to the member 200000000000000001 in Usherr already
    row 12  person12@example.com  (none)          REFUSED: the member is linked to another Plex account in Usherr already: jonas.b
    row 13  person13@example.com  (none)          REFUSED: plex.tv lists rows that cannot be told, and one of them may be his: run this again later
    row 14  person14@example.com  (none)          REFUSED: a decision about him is on its way to plex.tv; run this again in a few minutes
    row 15  person15@example.com  (none)          REFUSED: the account belongs to another member in Usherr already
    row 16  person16@example.com  (none)          REFUSED: a decision about him waits for a human: look with /users filter:unsettled, then run this again

    End dates that were left out:
      row 2: person2@example.com: his end, 2024-05-01, is over and he has access still. It would end at once, so it was left out: end it with /revoke, or leave it.
      row 4: person4@example.com: the file says 2099-01-01, Usherr has 2024-05-01. What stands in Usherr stays.

    2 taken over, 2 already so, 2 left out, 10 refused, 0 could not be read"
  `)
  expect(new Set(done).size).toBeGreaterThanOrEqual(rows.length)
  const preview = importWords({ rows, serverName: 'Harbor' }, { unreadable: [], leftOut: [] }, true)
  expect(preview.slice(0, 3).join('\n')).toMatchInlineSnapshot(`
    "where   who                   Discord member  what would happen
    row 1   person1@example.com   (none)          take into the records, link to the member, set the end date
    row 2   person2@example.com   (none)          link to the member"
  `)
})

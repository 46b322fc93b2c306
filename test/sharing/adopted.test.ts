import { expect, test } from 'vitest'
import {
  type GuildId,
  id,
  type MemberId,
  type PersonId,
  type ServerId,
  type ShareId,
} from '../../src/lib/ids.ts'
import { adopted } from '../../src/sharing/note.ts'
import { newPerson, type Person } from '../../src/sharing/person.ts'
import type { Share } from '../../src/sharing/ports.ts'

const now = new Date('2026-06-01T00:00:00Z')
const share: Share = {
  id: id<ShareId>('2'),
  status: 'active',
  who: { username: 'mira_q' },
  access: { kind: 'all' },
  settings: {},
}
const formerly = (endsAt: string, shareId?: string): Person => ({
  ...newPerson({
    id: id<PersonId>('p'),
    guildId: id<GuildId>('1'),
    serverId: id<ServerId>('s'),
    who: { username: 'mira_q' },
  }),
  endsAt: new Date(endsAt),
  seen: shareId
    ? { is: 'active', shareId: id<ShareId>(shareId), confirmedAt: now }
    : { is: 'gone', confirmedAt: now },
})
const decision = { id: 'd', by: id<MemberId>('4') }

test('the end of a share that is gone, and has come, does not end the one that is adopted now', () => {
  expect(adopted(formerly('2026-05-01'), share, decision, now).endsAt).toBeUndefined()
})

test('an end that is still to come stays, and so does that of the very share', () => {
  expect(adopted(formerly('2026-07-01'), share, decision, now).endsAt).toEqual(new Date('2026-07-01'))
  expect(adopted(formerly('2026-05-01', '2'), share, decision, now).endsAt).toEqual(new Date('2026-05-01'))
})

import { expect, test } from 'vitest'
import {
  createManagedUser,
  inviteToHome,
  removeHomeUser,
  renameManagedUser,
  setManagedPin,
  setRestrictionProfile,
  switchHomeUser,
} from '../../src/plex/api/home.ts'
import { setSharingSettings } from '../../src/plex/api/sharings.ts'
import { connected, serve, standIn } from './support/stand-in.ts'

test('each operation asks for what plex.tv documents', async () => {
  const user = serve('home/v2-restricted-create-200.xml')
  const plex = await standIn({
    'POST /api/v2/home/users/restricted': user,
    'POST /api/v2/home/users/restricted/20000003': user,
    'POST /api/v2/home/users/restricted/profile': { status: 204 },
    'POST /api/v2/sharing_settings': { status: 204 },
    'POST /api/home/users': { status: 201 },
  })
  const { http } = connected(plex.url)
  await createManagedUser(http, 'Kiddo & co', 'little_kid')
  await setManagedPin(http, '20000003', '1234')
  await setManagedPin(http, '20000003', 'remove')
  await renameManagedUser(http, '20000003', 'Kid')
  await setRestrictionProfile(http, '20000003')
  await setSharingSettings(http, '20000003', { filterMovies: 'label=Kid%20Safe%2CTwo' })
  await inviteToHome(http, 'a+b@example.com')
  expect(plex.received.map(({ method, url, body }) => [method, url, body])).toEqual([
    [
      'POST',
      '/api/v2/home/users/restricted',
      '{"friendlyName":"Kiddo & co","restrictionProfile":"little_kid"}',
    ],
    ['POST', '/api/v2/home/users/restricted/20000003?pin=1234', ''],
    ['POST', '/api/v2/home/users/restricted/20000003?removePin=1', ''],
    ['POST', '/api/v2/home/users/restricted/20000003', '{"friendlyName":"Kid"}'],
    ['POST', '/api/v2/home/users/restricted/profile', '{"userId":20000003}'],
    [
      'POST',
      '/api/v2/sharing_settings',
      '{"settings":{"filterMovies":"label=Kid%20Safe%2CTwo"},"invitedId":20000003}',
    ],
    ['POST', '/api/home/users?invitedEmail=a%2Bb%40example.com&skipFriendship=1', ''],
  ])
})

test('v2 names a user by its uuid, v1 by its number', async () => {
  const plex = await standIn({
    'POST /api/home/users/20000004/switch': serve('home/v1-switch-201.xml'),
    'DELETE /api/home/users/20000004': serve('home/v1-delete-200.xml'),
  })
  const { http } = connected(plex.url)
  expect(await switchHomeUser(http, { uuid: '7777aaaa7777aaaa', accountId: '20000004' }, '1234')).toBe(
    'FAKEswitchToken00002',
  )
  await removeHomeUser(http, '20000004')
  expect(plex.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /api/v2/home/users/7777aaaa7777aaaa/switch?pin=1234',
    'POST /api/home/users/20000004/switch?pin=1234',
    'DELETE /api/v2/home/users/20000004',
    'DELETE /api/home/users/20000004',
  ])
})

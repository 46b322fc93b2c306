import { onTestFinished } from 'vitest'
import { id, type LibraryId } from '../../../src/lib/ids.ts'
import {
  type ConnectedSharing,
  createLibrarySharing,
  type LibrarySharingOptions,
} from '../../../src/plex/library-sharing.ts'
import type { SomeLibraries } from '../../../src/sharing/library-access.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { harbor } from './fixtures.ts'
import { ownerToken, type Reply, type StandIn, serve, standIn } from './stand-in.ts'

export const accepted = 'GET /api/v2/shared_servers/owned/accepted'
export const pending = 'GET /api/v2/shared_servers/owned/pending'
export const creation = 'POST /api/v2/shared_servers'
export const oneShare = (method: string, share: string) => `${method} /api/v2/shared_servers/${share}`
export const v1Shares = `/api/servers/${harbor}/shared_servers`

/** What plex.tv answers on an ordinary day; a test says only what is otherwise. */
export const ordinary: Readonly<Record<string, Reply | readonly Reply[]>> = {
  'GET /api/v2/user': serve('user/v2-user-200.json'),
  'GET /api/v2/resources': serve('resources/v2-resources-200.json'),
  [`GET /api/v2/servers/${harbor}`]: serve('servers/v2-one-200.json'),
  [accepted]: serve('shared_servers-v2/owned-accepted-200.json'),
  [pending]: serve('shared_servers-v2/owned-pending-200.json'),
  [creation]: serve('shared_servers-v2/create-201.json'),
  'GET /api/v2/home/users': serve('home/v2-home-users-200.json'),
}

export interface HarborToday {
  sharing: ConnectedSharing
  plex: StandIn
  clock: FakeClock
  /** The requests since the connection stood. */
  asked(): string[]
}

/** Connected to Harbor, on a day that differs from the ordinary one by `routes`. */
export async function harborToday(
  routes: Readonly<Record<string, Reply | readonly Reply[]>> = {},
  options: Partial<LibrarySharingOptions> = {},
): Promise<HarborToday> {
  const plex = await standIn({ ...ordinary, ...routes })
  const clock = fakeClock()
  const connected = await createLibrarySharing({ ...connection(plex.url), clock, ...options })
  if (!connected.ok) throw new Error(`not connected: ${JSON.stringify(connected.problem)}`)
  onTestFinished(() => connected.value.close())
  const before = plex.received.length
  return { sharing: connected.value, plex, clock, asked: () => plex.asked().slice(before) }
}

export const connection = (baseUrl: string) => ({
  token: ownerToken,
  clientIdentifier: 'client-0001',
  baseUrl,
  server: 'Harbor',
})

export function some(first: string, ...rest: string[]): SomeLibraries {
  const library = (short: string) => id<LibraryId>(`91000000${short}`)
  return { kind: 'some', libraries: [library(first), ...rest.map(library)] }
}

/** The value of an answer that must not be a problem. */
export function valueIn<T>(answer: { ok: true; value: T } | { ok: false; problem: unknown }): T {
  if (answer.ok) return answer.value
  throw new Error(`a problem: ${JSON.stringify(answer.problem)}`)
}

/** The problem of an answer that must not be a value. */
export function problemIn<P>(answer: { ok: true; value: unknown } | { ok: false; problem: P }): P {
  if (!answer.ok) return answer.problem
  throw new Error(`no problem: ${JSON.stringify(answer.value)}`)
}

import { afterEach } from 'vitest'
import { type PretendPlex, startPretendPlex } from '../../../src/sandbox/plex/start.ts'
import { ownerToken, type PlexDifferences, plexWorld } from '../../../src/sandbox/plex/world.ts'

const running = new Set<PretendPlex>()
afterEach(async () => {
  for (const plex of running) await plex.close()
  running.clear()
})

/** A pretend plex.tv that is closed after the test, whose clock stands still until it is set. */
export async function pretend(differences: PlexDifferences = {}) {
  const clock = { now: new Date('2026-11-21T10:00:00Z') }
  const plex = await startPretendPlex({ world: plexWorld(differences), now: () => clock.now })
  running.add(plex)
  return { plex, clock, ask: asker(plex) }
}

export interface Question {
  body?: unknown
  form?: Record<string, string> | [string, string][]
  token?: string | null
  accept?: string
  client?: string | null
  headers?: Record<string, string>
}

export interface Said {
  status: number
  type: string | null
  headers: Headers
  text: string
  json: Facts & readonly Facts[]
}

/** What the tests look at in an answer; what is not there fails the expectation that looks. */
interface Facts {
  id: number
  invitedId: number | null
  title: string
  username: string
  name: string
  code: string
  field: string
  authToken: string
  expiresIn: number
  accepted: boolean
  protected: boolean
  numLibraries: number
  user: Facts
  owner: Facts
  invited: Facts
  users: readonly Facts[]
  errors: readonly Facts[]
  sharedServers: readonly Facts[]
}

export type Ask = ReturnType<typeof asker>

export function asker(plex: PretendPlex) {
  return async (method: string, path: string, question: Question = {}): Promise<Said> => {
    const { token = ownerToken, client = 'test-client', accept = 'application/json', body, form } = question
    const response = await fetch(plex.url + path, {
      method,
      redirect: 'manual',
      headers: {
        accept,
        ...(token === null ? {} : { 'X-Plex-Token': token }),
        ...(client === null ? {} : { 'X-Plex-Client-Identifier': client }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...question.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      text,
      // Any text may come; the expectations of the tests are what judges it.
      json: (/^[[{]/u.test(text) ? safely(text) : undefined) as Said['json'],
    }
  }
}

function safely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value of an attribute of the first element of that name. */
export function attribute(xml: string, element: string, name: string): string | undefined {
  const tag = new RegExp(`<${element}[ />][^>]*`, 'u').exec(xml)?.[0]
  return tag === undefined ? undefined : new RegExp(` ${name}="([^"]*)"`, 'u').exec(tag)?.[1]
}

export const countOf = (xml: string, element: string) => xml.split(`<${element} `).length - 1

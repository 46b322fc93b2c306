import type { Clock } from '../lib/clock.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { PlexError } from '../plex/errors.ts'
import { PlexHttp } from '../plex/http.ts'

/** plex.tv for a command line: every question has a connection of its own. */
export interface PlexAccess {
  ask<T>(work: (http: PlexHttp) => Promise<T>, token?: string): Promise<Result<T, PlexError>>
}

export function plexAccess(options: {
  clientIdentifier: string
  baseUrl: string | undefined
  clock: Clock
}): PlexAccess {
  return {
    async ask(work, token) {
      const http = new PlexHttp({ ...options, token })
      try {
        return ok(await work(http))
      } catch (error) {
        if (error instanceof PlexError) return problem(error)
        throw error
      } finally {
        http.close()
      }
    },
  }
}

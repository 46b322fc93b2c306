import { isObject, type JsonObject } from '../json.ts'
import type { SentFile } from '../message.ts'
import { refusals } from '../refusal.ts'
import type { Breach } from '../rules/breach.ts'
import type { State } from '../state.ts'

export interface BotRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly files: readonly SentFile[]
  /** Method and path for people: ids and tokens left out. */
  readonly label: string
  readonly receivedAtMs: number
}

/** `body` left out is an empty 204. */
export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

export interface Route {
  readonly method: string
  /** Steps without `/v10`; a step with a colon takes anything. */
  readonly path: string
  /** `bot` needs the bot's token; `none` carries its own in the path. */
  readonly auth: 'bot' | 'none'
  readonly answer: (state: State, request: BotRequest, parameters: Readonly<Record<string, string>>) => Answer
}

export const given = (body: unknown): Answer => ({ status: 200, body })
export const done: Answer = { status: 204 }

export function bodyOf(request: BotRequest): JsonObject {
  if (request.body === undefined) return {}
  if (!isObject(request.body)) throw refusals.badJson()
  return request.body
}

/**
 * Records every breach, and refuses when Discord would. A field it does not know it overlooks: that one is only
 * recorded.
 */
export function insist(state: State, request: BotRequest, breaches: readonly Breach[]): void {
  if (breaches.length === 0) return
  for (const breach of breaches) {
    state.broke(breach.rule, request.label, `${breach.path === '' ? '' : `${breach.path}: `}${breach.says}`)
  }
  const refused = breaches.filter((breach) => !breach.rule.endsWith('.unknown-key'))
  if (refused.length === 0) return
  if (refused.every((breach) => breach.code === 50006)) throw refusals.emptyMessage()
  throw refusals.invalidForm(refused)
}

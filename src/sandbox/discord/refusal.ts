import type { Breach } from './rules/breach.ts'

/** What Discord answers instead of doing it: HTTP status, its own code, and for an invalid form where. */
export class Refusal extends Error {
  readonly status: number
  readonly code: number
  readonly breaches: readonly Breach[]
  /** With a 429. discord.js then waits so long and asks again by itself: its caller never sees the code. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    status: number,
    code: number,
    message: string,
    { breaches = [], retryAfterSeconds }: { breaches?: readonly Breach[]; retryAfterSeconds?: number } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.breaches = breaches
    this.retryAfterSeconds = retryAfterSeconds
  }

  get headers(): Record<string, string> | undefined {
    if (this.retryAfterSeconds === undefined) return undefined
    return { 'retry-after': this.retryAfterSeconds.toFixed(3), 'x-ratelimit-scope': 'shared' }
  }

  get body(): Record<string, unknown> {
    const base = { message: this.message, code: this.code }
    if (this.code === 50035) return { ...base, errors: errorsByPath(this.breaches) }
    if (this.retryAfterSeconds === undefined) return base
    return { ...base, retry_after: this.retryAfterSeconds, global: false }
  }
}

/** @see https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
export const refusals = {
  unauthorized: () => new Refusal(401, 0, '401: Unauthorized'),
  noSuchRoute: () => new Refusal(404, 0, '404: Not Found'),
  unknownChannel: () => new Refusal(404, 10003, 'Unknown Channel'),
  unknownGuild: () => new Refusal(404, 10004, 'Unknown Guild'),
  unknownMember: () => new Refusal(404, 10007, 'Unknown Member'),
  unknownMessage: () => new Refusal(404, 10008, 'Unknown Message'),
  unknownRole: () => new Refusal(404, 10011, 'Unknown Role'),
  unknownUser: () => new Refusal(404, 10013, 'Unknown User'),
  unknownWebhook: () => new Refusal(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new Refusal(404, 10062, 'Unknown interaction'),
  unknownCommand: () => new Refusal(404, 10063, 'Unknown application command'),
  dailyCreatesReached: (retryAfterSeconds: number) =>
    new Refusal(429, 30034, 'Max number of daily application command creates has been reached (200)', {
      retryAfterSeconds,
    }),
  oldEditsReached: (retryAfterSeconds: number) =>
    new Refusal(
      429,
      30046,
      'Maximum number of edits to messages older than 1 hour reached. Try again later',
      {
        retryAfterSeconds,
      },
    ),
  openingDmsTooFast: () => new Refusal(403, 40003, 'You are opening direct messages too fast'),
  alreadyAcknowledged: () => new Refusal(400, 40060, 'Interaction has already been acknowledged'),
  missingAccess: () => new Refusal(403, 50001, 'Missing Access'),
  cannotEditOthers: () => new Refusal(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new Refusal(400, 50006, 'Cannot send an empty message'),
  cannotDm: () => new Refusal(403, 50007, 'Cannot send messages to this user'),
  missingPermissions: () => new Refusal(403, 50013, 'Missing Permissions'),
  invalidWebhookToken: () => new Refusal(401, 50027, 'Invalid Webhook Token'),
  invalidRecipient: () => new Refusal(400, 50033, 'Invalid Recipient(s)'),
  badJson: () => new Refusal(400, 50109, 'The request body contains invalid JSON.'),
  noMutualGuild: () =>
    new Refusal(403, 50278, 'Cannot send messages to this user due to having no mutual guilds'),
  invalidForm: (breaches: readonly Breach[]) => new Refusal(400, 50035, 'Invalid Form Body', { breaches }),
} as const

/** `components.0.custom_id` becomes `{ components: { 0: { custom_id: { _errors: [...] } } } }`. */
function errorsByPath(breaches: readonly Breach[]): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const breach of breaches) {
    let at = root
    for (const step of breach.path === '' ? [] : breach.path.split('.')) {
      const next = at[step]
      // Only this loop fills the tree, so what is there under a step is a branch of it.
      const branch = (next as Record<string, unknown> | undefined) ?? {}
      at[step] = branch
      at = branch
    }
    // As above: `_errors` is only ever this list.
    const errors = (at._errors as unknown[] | undefined) ?? []
    errors.push({ code: breach.rule.toUpperCase().replace(/[^A-Z0-9]+/g, '_'), message: breach.says })
    at._errors = errors
  }
  return root
}

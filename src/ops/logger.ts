import { type DestinationStream, pino } from 'pino'
import type { Log, LogFields } from '../lib/log.ts'
import { Secret } from '../lib/secret.ts'
import { createRedaction } from './redact.ts'

export interface Logger extends Log {
  /** This exact value is never printed from now on. */
  registerSecret(value: string | Secret): void
  /** The same filter for what is not a line of the log: a crash, a refusal to start. */
  redact(text: string): string
}

export interface LoggerOptions {
  level: 'debug' | 'info' | 'warn' | 'error'
  /** Where the finished, filtered lines go; standard output unless said otherwise. */
  write?: (line: string) => void
  /** What a test takes out, to see that its checks notice. */
  guards?: LogGuards
}

export interface LogGuards {
  /** Lines are written as they were put together. */
  redaction?: 'off'
}

/** One JSON line an event, of allowed fields only, filtered after it was put together. */
export function createLogger({ level, write = toStandardOutput, guards = {} }: LoggerOptions): Logger {
  const { redact: hideSecrets, registerSecret } = createRedaction()
  const redact = guards.redaction === 'off' ? (text: string) => text : hideSecrets
  const destination: DestinationStream = { write: (line) => write(redact(line)) }
  const log = pino(
    {
      level,
      // No process id and host name: they tell a reader of one bot's log nothing.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )

  return {
    debug: (fields, message) => log.debug(allowed(fields), message),
    info: (fields, message) => log.info(allowed(fields), message),
    warn: (fields, message) => log.warn(allowed(fields), message),
    error: (fields, message) => log.error(allowed(fields), message),
    registerSecret: (value) => registerSecret(value instanceof Secret ? value.reveal() : value),
    redact,
  }
}

/**
 * The fields that may be printed. A name that is missing here is not printed but named in `notLogged`, so that whoever
 * added it finds out; a value that is an object never is, because nobody knows what hangs on it.
 */
export const allowedFields: ReadonlySet<string> = new Set([
  // who and where: ids, no names and no addresses
  ...['guildId', 'memberId', 'channelId', 'messageId', 'roleId', 'interactionId', 'applicationId', 'shardId'],
  ...[
    'serverId',
    'libraryId',
    'libraryIds',
    'shareId',
    'accountId',
    'personId',
    'requestId',
    'draftId',
    'effectId',
  ],
  // what
  ...[
    'ref',
    'command',
    'component',
    'action',
    'event',
    'effect',
    'kind',
    'outcome',
    'reason',
    'status',
    'state',
  ],
  ...[
    'job',
    'check',
    'route',
    'method',
    'code',
    'plexCode',
    'discordCode',
    'httpStatus',
    'trouble',
    'variable',
  ],
  ...[
    'namespace',
    'keyId',
    'version',
    'node',
    'level',
    'locale',
    'step',
    'mayHaveHappened',
    'isFresh',
    'problem',
  ],
  // how much and when
  ...[
    'count',
    'total',
    'attempt',
    'attempts',
    'owed',
    'removed',
    'added',
    'changed',
    'skipped',
    'limit',
    'port',
  ],
  ...[
    'ms',
    'durationMs',
    'waitMs',
    'retryInMs',
    'lagMs',
    'bytes',
    'at',
    'until',
    'nextTry',
    'since',
    'readAt',
  ],
  ...['guilds', 'people', 'shares', 'libraries', 'ok', 'signal', 'exitCode', 'what', 'next'],
  // trouble, as name, message, code and stack
  ...['error', 'cause'],
])

function allowed(fields: LogFields): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  const notLogged: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const printable = allowedFields.has(name) ? toPrintable(value) : undefined
    if (printable === undefined) notLogged.push(name)
    else shown[name] = printable
  }
  if (notLogged.length > 0) shown.notLogged = notLogged
  return shown
}

const longestText = 2000
const longestList = 50

function toPrintable(value: unknown): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string') return value.slice(0, longestText)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Secret) return value.toJSON()
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (value instanceof Error) return errorFields(value, 3)
  if (Array.isArray(value)) {
    const items = value
      .slice(0, longestList)
      .map((item) => (Array.isArray(item) ? undefined : toPrintable(item)))
    return items.some((item) => item === undefined) ? undefined : items
  }
  return undefined
}

/** Only these: libraries hang the whole request, with its headers, on their errors. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const code: unknown = 'code' in error ? error.code : undefined
  return {
    name: error.name,
    message: error.message.slice(0, longestText),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack ? { stack: error.stack.slice(0, longestText * 2) } : {}),
    ...(error.cause instanceof Error && depth > 1 ? { cause: errorFields(error.cause, depth - 1) } : {}),
  }
}

function toStandardOutput(line: string): void {
  process.stdout.write(line)
}

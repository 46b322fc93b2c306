/** What the rings need of a logger; `ops/logger.ts` gives a pino that filters secrets and e-mails out last. */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}
export type LogFields = Readonly<Record<string, unknown>>

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

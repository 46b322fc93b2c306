/** An expected outcome that may be a refusal or a trouble; exceptions are bugs. */
export type Result<T, Problem> = { ok: true; value: T } | { ok: false; problem: Problem }

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value })
export const problem = <P>(problem: P): { ok: false; problem: P } => ({ ok: false, problem })

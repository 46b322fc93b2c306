import type { Result } from '../../lib/result.ts'
import type { Examination } from './examination.ts'

/** One thing that can be wrong. The file's name is the check's. */
export interface Check {
  /** Two to five words, as the list shows them. */
  title: string
  run(examined: Examination): Promise<readonly Finding[]>
}

export const defineCheck = (check: Check): Check => check

/** What a check found. Nothing here holds a secret or an address. */
export type Finding =
  | { is: 'fine'; what: string }
  /** Good to know; nothing has to be done. */
  | { is: 'note'; what: string; next?: string }
  /** `next` is the exact click, command or variable. */
  | { is: 'problem'; what: string; next: string }
  | Unknown

/** It could not be found out: neither fine nor wrong. `because` names the check whose problem is in the way. */
export interface Unknown {
  is: 'unknown'
  what: string
  because?: string
}

/** What was read, or why it could not be. */
export type Reading<T> = Result<T, Unknown>

export const fine = (what: string): Finding => ({ is: 'fine', what })
export const note = (what: string, next?: string): Finding => ({ is: 'note', what, ...(next && { next }) })
export const trouble = (what: string, next: string): Finding => ({ is: 'problem', what, next })
export const unknown = (what: string): Unknown => ({ is: 'unknown', what })
/** Another check says what is wrong; here it is only named. */
export const because = (check: string): Unknown => ({
  is: 'unknown',
  what: 'not looked at',
  because: check,
})

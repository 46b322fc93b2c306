/** How a command line asks. Each question throws `Cancelled` where the person has had enough (Ctrl+C). */
export interface Asker {
  text(question: string, options?: TextOptions): Promise<string>
  /** What is typed is not shown. */
  secret(question: string): Promise<string>
  confirm(question: string, options?: { usually?: boolean }): Promise<boolean>
  choose<T>(question: string, choices: readonly Choice<T>[], usually?: T): Promise<T>
  /** At least one. */
  chooseMany<T>(
    question: string,
    choices: readonly Choice<T>[],
    usually?: readonly T[],
  ): Promise<readonly T[]>
  /** Waits for the work, or until the person no longer wants to: then the work's signal is aborted and it returns. */
  until<T>(waitingFor: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export interface TextOptions {
  initial?: string
  /** What is wrong with it, where something is: it is asked again. */
  check?(text: string): string | undefined
}

export interface Choice<T> {
  value: T
  label: string
  hint?: string
}

/** Prints a line or several. */
export type Say = (text: string) => void

/** The person pressed Ctrl+C, or the terminal was closed. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

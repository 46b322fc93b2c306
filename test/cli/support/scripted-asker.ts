import { type Asker, Cancelled, type Choice } from '../../../src/cli/asker.ts'

/** What a person answers to a question with these words in it; a function does something first. */
export type Step = readonly [question: string, answer: Answer | (() => Answer | Promise<Answer>)]
/** A text; the label of a choice, or several; yes or no; for a wait, whether he waits. */
export type Answer = string | readonly string[] | boolean | typeof ctrlC
export const ctrlC = Symbol('Ctrl+C')

export interface Scripted {
  asker: Asker
  /** Everything that was said and asked, and what was answered; of a hidden answer only that there was one. */
  transcript: string[]
  say(text: string): void
  /** Nothing of the script is left over. */
  isOver(): boolean
}

/** Answers from a script, in its order. A question that the script does not foresee is an error. */
export function scriptedAsker(script: readonly Step[]): Scripted {
  const left = [...script]
  const transcript: string[] = []
  async function answer(question: string, isHidden = false): Promise<Exclude<Answer, symbol>> {
    const [words, given] = left.shift() ?? ['', ctrlC]
    if (words === '' || !question.includes(words)) {
      throw new Error(
        `the script foresees "${words}", and was asked "${question}" after:\n${transcript.join('\n')}`,
      )
    }
    const answered = typeof given === 'function' ? await given() : given
    const shown = isHidden ? '(hidden)' : answered === ctrlC ? 'Ctrl+C' : String(answered)
    transcript.push(`? ${question} ${shown}`)
    if (answered === ctrlC) throw new Cancelled()
    // A symbol is only the one above.
    return answered as Exclude<Answer, symbol>
  }
  const labelled = <T>(choices: readonly Choice<T>[], label: string): T => {
    const found = choices.find((choice) => choice.label.startsWith(label))
    if (!found) throw new Error(`"${label}" is not among ${choices.map((each) => each.label).join(', ')}`)
    return found.value
  }
  return {
    transcript,
    say: (text) => transcript.push(text),
    isOver: () => left.length === 0,
    asker: {
      async text(question, { check } = {}) {
        for (;;) {
          const text = String(await answer(question))
          const wrong = check?.(text)
          if (wrong === undefined) return text
          transcript.push(wrong)
        }
      },
      secret: async (question) => String(await answer(question, true)),
      confirm: async (question) => (await answer(question)) === true,
      choose: async (question, choices) => labelled(choices, String(await answer(question))),
      async chooseMany(question, choices) {
        const labels = await answer(question)
        return (Array.isArray(labels) ? labels : [labels]).map((each) => labelled(choices, String(each)))
      },
      async until(question, work) {
        // What happens meanwhile has happened when the work begins: nobody has to wait for the time to pass.
        const waits = await answer(question).catch((error: unknown) => {
          if (error instanceof Cancelled) return error
          throw error
        })
        const stop = new AbortController()
        const working = work(stop.signal)
        if (waits === true) return working
        stop.abort()
        const outcome = await working
        if (waits instanceof Cancelled) throw waits
        return outcome
      },
    },
  }
}

import * as prompts from '@clack/prompts'
import { type Asker, Cancelled, type Choice } from './asker.ts'

/** Asks in the terminal. Ctrl+C at a question is a key; between questions it is a signal, which `stopped` tells of. */
export function terminalAsker(stopped: AbortSignal): Asker {
  // A prompt whose terminal is gone never answers.
  const isGone = new Promise<typeof prompts.CANCEL_SYMBOL>((resolve) => {
    stopped.addEventListener('abort', () => resolve(prompts.CANCEL_SYMBOL), { once: true })
  })
  const answered = async <T>(ask: () => Promise<T | typeof prompts.CANCEL_SYMBOL>): Promise<T> => {
    if (stopped.aborted) throw new Cancelled()
    const answer = await Promise.race([ask(), isGone])
    if (isAnswer(answer)) return answer
    throw new Cancelled()
  }
  return {
    text: (message, { initial, check } = {}) =>
      answered(() =>
        prompts.text({
          message,
          signal: stopped,
          ...(initial === undefined ? {} : { initialValue: initial }),
          ...(check ? { validate: (typed = '') => check(typed) } : {}),
        }),
      ),
    // Nothing typed is an empty text here and nothing at all there.
    secret: async (message) => (await answered(() => prompts.password({ message, signal: stopped }))) ?? '',
    confirm: (message, { usually = true } = {}) =>
      answered(() => prompts.confirm({ message, initialValue: usually, signal: stopped })),

    async choose(message, choices, usually) {
      const initialValue = String(
        Math.max(
          0,
          choices.findIndex(({ value }) => value === usually),
        ),
      )
      const options = { message, options: optionsOf(choices), initialValue, signal: stopped }
      return valueAt(choices, await answered(() => prompts.select(options)))
    },

    async chooseMany(message, choices, usually = []) {
      const initialValues = choices.flatMap(({ value }, at) => (usually.includes(value) ? [String(at)] : []))
      const options = { message, options: optionsOf(choices), initialValues, required: true, signal: stopped }
      return (await answered(() => prompts.multiselect(options))).map((at) => valueAt(choices, at))
    },

    async until(message, work) {
      if (stopped.aborted) throw new Cancelled()
      const isOver = new AbortController()
      const given = new AbortController()
      const working = work(given.signal).finally(() => isOver.abort())
      // Whatever comes of it is looked at below.
      working.catch(() => {})
      const signal = AbortSignal.any([isOver.signal, stopped])
      const prompt = prompts.select({
        message,
        options: [{ value: 'stop', label: 'Stop waiting' }],
        signal,
        showInstructions: false,
      })
      const pressed = await Promise.race([prompt, isGone])
      if (isOver.signal.aborted) return working
      given.abort()
      // What the work has got meanwhile it has put away itself; only then may one go.
      const outcome = await working
      if (isAnswer(pressed)) return outcome
      throw new Cancelled()
    },
  }
}

const isAnswer = <T>(answer: T | typeof prompts.CANCEL_SYMBOL): answer is T => !prompts.isCancel(answer)

/** By their places: values of every kind can be chosen. */
const optionsOf = (choices: readonly Choice<unknown>[]) =>
  choices.map(({ label, hint }, at) => ({ value: String(at), label, ...(hint ? { hint } : {}) }))

function valueAt<T>(choices: readonly Choice<T>[], at: string): T {
  const choice = choices[Number(at)]
  if (!choice) throw new Error('the terminal answered with a choice that was not offered')
  return choice.value
}

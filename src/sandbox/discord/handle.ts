import { dispatchAgain } from './dispatch.ts'
import type { Gateway } from './gateway.ts'
import type { Acknowledgement, Interaction, Modal } from './interaction.ts'
import type { Message } from './message.ts'
import { isOverdue } from './routes/interactions.ts'
import type { State } from './state.ts'

/** What a person has set off, and what became of it. Everything that waits wakes at the event, never by looking again and again. */
export interface InteractionHandle {
  readonly id: string
  /** From the dispatch written to the callback received. Throws before there is one. */
  readonly ackMs: number
  /** Rejects with "did not respond" after 3 s. */
  acknowledged(): Promise<Acknowledgement>
  /** The first thing to read: a reply, an updated message, or what filled a deferred answer. */
  answered(timeoutMs?: number): Promise<Message>
  /**
   * The next edit of the answer or of the message that the component sits on, newer than `after`, else newer than
   * what this handle has returned before.
   */
  updated(after?: Message, timeoutMs?: number): Promise<Message>
  /** The `count`-th follow-up, counting from 1. */
  followUp(count?: number, timeoutMs?: number): Promise<Message>
  modalShown(timeoutMs?: number): Promise<Modal>
  /** `@original` as it stands. */
  message(): Message | undefined
  readonly followUps: readonly Message[]
  readonly modal: Modal | undefined
  readonly choices: readonly { name: string; value: string | number }[] | undefined
  /** Sends the very same interaction to the bot once more. */
  deliverAgain(): void
}

export const answerWithinMs = 10_000

export function handleOf(state: State, gateway: Gateway, interaction: Interaction): InteractionHandle {
  const seen = new Map<string, number>()
  const source = () => state.messages.get(interaction.sourceMessageId ?? '')
  const original = () => state.messages.get(interaction.originalId ?? '')
  const before = source()
  if (before !== undefined) seen.set(before.id, before.revision)
  const remember = (message: Message): Message => {
    seen.set(message.id, Math.max(message.revision, seen.get(message.id) ?? 0))
    return message
  }
  /** What fills a deferred answer is the answer, not yet an update of it. */
  const baselineOf = ({ id }: Message): number => {
    const first = interaction.first?.id === id ? interaction.first.revision : Number.POSITIVE_INFINITY
    return seen.get(id) ?? first
  }
  const stillAlive = () => {
    if (isOverdue(state, interaction))
      throw new Error(`The application did not respond${because(interaction)}`)
  }
  const wait = <T>(look: () => T | undefined, timeoutMs: number, what: string): Promise<T> =>
    state.watch.until(
      () => {
        const found = look()
        if (found === undefined) stillAlive()
        return found
      },
      // A real clock of its own for the 3 s: nothing else wakes this when the bot stays silent.
      interaction.ack === undefined ? Math.min(timeoutMs, untilOverdueMs(state, interaction)) : timeoutMs,
      () => `${what}${because(interaction)}; ${storyOf(state, interaction)}`,
    )
  /** First the acknowledgement with its own 3 s, then the rest. */
  const afterAck = async <T>(look: () => T | undefined, timeoutMs: number, what: string): Promise<T> => {
    if (look() === undefined) await acknowledged()
    return wait(look, timeoutMs, what)
  }
  const acknowledged = () =>
    wait(() => interaction.ack, untilOverdueMs(state, interaction), 'not acknowledged')

  return {
    id: interaction.id,
    get ackMs() {
      if (interaction.ack === undefined) throw new Error('not acknowledged yet')
      return interaction.ack.ms
    },
    acknowledged,
    async answered(timeoutMs = answerWithinMs) {
      const first = await afterAck(
        () => {
          if (interaction.modal !== undefined) throw new Error('the answer is a modal: use modalShown()')
          if (interaction.choices !== undefined) throw new Error('the answer is a list of choices')
          return interaction.first
        },
        timeoutMs,
        'acknowledged but not answered',
      )
      return remember(first)
    },
    async updated(after, timeoutMs = answerWithinMs) {
      if (
        after === undefined &&
        interaction.sourceMessageId === undefined &&
        interaction.first === undefined
      ) {
        await this.answered(timeoutMs)
      }
      const found = await afterAck(
        () => {
          if (after !== undefined) {
            const now = state.messages.get(after.id)
            if (now === undefined) throw new Error('the message was deleted')
            return now.revision > after.revision ? now : undefined
          }
          for (const now of [original(), source()]) {
            if (now !== undefined && now.revision > baselineOf(now)) return now
          }
          return undefined
        },
        timeoutMs,
        'no further edit',
      )
      return remember(found)
    },
    followUp: (count = 1, timeoutMs = answerWithinMs) =>
      afterAck(
        () => state.messages.get(interaction.followUpIds[count - 1] ?? ''),
        timeoutMs,
        `no follow-up number ${count}`,
      ),
    modalShown: (timeoutMs = answerWithinMs) =>
      afterAck(
        () => {
          if (interaction.ack !== undefined && interaction.modal === undefined) {
            throw new Error(`no modal was shown; ${storyOf(state, interaction)}`)
          }
          return interaction.modal
        },
        timeoutMs,
        'no modal was shown',
      ),
    message: original,
    get followUps() {
      return interaction.followUpIds.flatMap((id) => state.messages.get(id) ?? [])
    },
    get modal() {
      return interaction.modal
    },
    get choices() {
      return interaction.choices
    },
    deliverAgain: () => dispatchAgain(state, gateway, interaction),
  }
}

const untilOverdueMs = (state: State, interaction: Interaction): number =>
  Math.max(0, state.acknowledgeWithinMs + 5 - (performance.now() - interaction.dispatchedAtMs))

function because(interaction: Interaction): string {
  if (interaction.deliveries === 0) return ' (no bot was connected)'
  return interaction.refusedWith === undefined ? '' : ` (its answer was refused: ${interaction.refusedWith})`
}

/** What there is so far, for the error of somebody who waited in vain. */
function storyOf(state: State, interaction: Interaction): string {
  const ack = interaction.ack === undefined ? 'no callback' : `callback type ${interaction.ack.type}`
  const broken = state.problems.slice(-3).map((one) => `${one.rule}: ${one.says}`)
  return broken.length === 0 ? `so far ${ack}` : `so far ${ack}; rules broken: ${broken.join(' | ')}`
}

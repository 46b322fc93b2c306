import { type RawFile, REST } from 'discord.js'
import {
  type APIApplicationCommandOptionChoice,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  MessageFlags,
  Routes,
} from 'discord-api-types/v10'
import type { Invocation } from './interaction.ts'
import type { Reply } from './reply.ts'

type Asking = Pick<Invocation, 'id' | 'token' | 'applicationId'>

/** Discord's answers to interactions: the only place that writes them. Nothing in them can mention anybody. */
export interface Answers {
  /** "Thinking…", privately. Has to reach Discord within 3 seconds of the interaction. */
  defer(asking: Asking): Promise<void>
  /** Takes note of a press; the message it sits on will be changed. */
  deferUpdate(asking: Asking): Promise<void>
  modal(asking: Asking, modal: APIModalInteractionResponseCallbackData): Promise<void>
  choices(asking: Asking, choices: readonly APIApplicationCommandOptionChoice<string>[]): Promise<void>
  /** Says something privately at once. */
  say(asking: Asking, reply: Reply): Promise<void>
  /** Fills in, or replaces, what was deferred. Within 15 minutes of the interaction. */
  edit(asking: Asking, reply: Reply): Promise<void>
}

/**
 * Discord exempts interaction answers from its limit of 50 requests a second, but discord.js counts them against its
 * own: hence a REST client of their own, without that budget and without the bot's token, which they do not need.
 * @see https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
 */
export function createAnswers(api: string): Answers {
  const rest = new REST({
    api,
    version: '10',
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
    // Every interaction has a route of its own: without a quick sweep their queues would pile up.
    handlerSweepInterval: 60_000,
    timeout: 10_000,
    retries: 1,
  })
  const callback = async ({ id, token }: Asking, body: unknown) => {
    await rest.post(Routes.interactionCallback(id, token), { auth: false, body })
  }
  return {
    defer: (asking) =>
      callback(asking, {
        type: InteractionResponseType.DeferredChannelMessageWithSource,
        data: { flags: MessageFlags.Ephemeral },
      }),
    deferUpdate: (asking) => callback(asking, { type: InteractionResponseType.DeferredMessageUpdate }),
    modal: (asking, data) => callback(asking, { type: InteractionResponseType.Modal, data }),
    choices: (asking, choices) =>
      callback(asking, {
        type: InteractionResponseType.ApplicationCommandAutocompleteResult,
        data: { choices },
      }),
    say: (asking, reply) =>
      callback(asking, {
        type: InteractionResponseType.ChannelMessageWithSource,
        data: { ...bodyOf(reply), flags: MessageFlags.Ephemeral },
      }),
    edit: async ({ applicationId, token }, reply) => {
      const files = filesOf(reply)
      const body = bodyOf(reply)
      await rest.patch(Routes.webhookMessage(applicationId, token), { auth: false, body, files })
    },
  }
}

/** The body of a message of ours, wherever it goes. */
export function bodyOf({ content, components = [] }: Reply) {
  return { content: withinLimit(content), components, allowed_mentions: { parse: [] } }
}

/** Beside a body, `discord.js` sends these as a form. */
const filesOf = ({ files = [] }: Reply): RawFile[] =>
  files.map(({ name, contentType, data }) => ({ name, contentType, data: Buffer.from(data, 'utf8') }))

/** Discord takes 2,000 characters. @see https://discord.com/developers/docs/resources/message */
function withinLimit(content: string): string {
  return content.length <= 2_000 ? content : `${content.slice(0, 1_999)}…`
}

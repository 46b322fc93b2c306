import { DiscordAPIError } from 'discord.js'
import type { Log } from '../lib/log.ts'
import type { Actor } from '../sharing/policy.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import type { Refusal } from '../sharing/refusal.ts'
import type { Rules } from '../sharing/rules.ts'
import type { Answers } from './answers.ts'
import { splitCustomId } from './custom-id.ts'
import type { AnyAction, AnyComponent, Command, Needs, Options } from './define.ts'
import type { Asked, Invocation } from './interaction.ts'
import type { Reply } from './reply.ts'
import { refusalView } from './views/refusal.ts'
import * as trouble from './views/trouble.ts'

export interface Routing {
  commands: readonly Command[]
  components: readonly AnyComponent[]
  rules: Rules
  answers: Answers
  log: Log
  /** A short word that both the log and the person get when something went wrong. */
  newReference(): string
  /** Ends what waits for something outside Discord. */
  stop?: AbortSignal
}

/**
 * Takes every interaction to the one file that handles it. The acknowledgement leaves at once and side by side with
 * the work; the answer comes as one edit. Never throws: whatever happens, the person is told.
 */
export function createRouter(routing: Routing): (invocation: Invocation) => Promise<void> {
  const commands = new Map(routing.commands.map((command) => [command.name, command]))
  const components = new Map(routing.components.map((component) => [component.route.kind, component]))
  const seen = new RecentIds()

  return async (invocation) => {
    // The gateway may deliver an interaction twice, for instance when a connection is resumed.
    if (seen.has(invocation.id)) return
    try {
      await take(invocation)
    } catch (error) {
      logLost(routing.log, invocation, error)
    }
  }

  async function take(invocation: Invocation): Promise<void> {
    const { asked } = invocation
    switch (asked.kind) {
      case 'command':
        return takeCommand(invocation, asked)
      case 'autocomplete':
        return takeAutocomplete(invocation, asked)
      case 'component':
      case 'modal':
        return takePress(invocation, asked)
      default:
        return asked satisfies never
    }
  }

  async function takeCommand(
    invocation: Invocation,
    asked: Extract<Asked, { kind: 'command' }>,
  ): Promise<void> {
    const action = actionOf(commands.get(asked.name), asked.subcommand)
    await acknowledgedWhile(invocation, 'new', async () => {
      const { actor, id } = invocation
      if (!action) return trouble.unknownCommand()
      if (!actor) return trouble.onlyInGuilds()
      const denied = await deniedTo(actor, action.needs)
      if (denied) return refusalView(denied)
      // Discord checks the options against the registration; after an update that may be an older one for an hour.
      if (!areAsDeclared(asked.options, action.options)) return trouble.unknownCommand()
      return action.run({ id, actor, options: asked.options as never, rules: routing.rules })
    })
  }

  async function takeAutocomplete(
    invocation: Invocation,
    asked: Extract<Asked, { kind: 'autocomplete' }>,
  ): Promise<void> {
    const action = actionOf(commands.get(asked.name), asked.subcommand)
    const options = action?.options ?? {}
    const complete = Object.hasOwn(options, asked.focused) ? options[asked.focused]?.complete : undefined
    const typed = String(asked.options[asked.focused] ?? '')
    const { actor } = invocation
    const mayComplete = action && actor && !(await deniedTo(actor, action.needs))
    const { server } = asked.options
    const beside = typeof server === 'string' && server.trim() !== '' ? { server } : {}
    const choices =
      complete && mayComplete ? await complete({ typed, actor, rules: routing.rules, ...beside }) : []
    await routing.answers.choices(invocation, [...choices])
  }

  async function takePress(
    invocation: Invocation,
    asked: Extract<Asked, { kind: 'component' | 'modal' }>,
  ): Promise<void> {
    const { kind, isCurrent, parts } = splitCustomId(asked.customId)
    const component = isCurrent ? components.get(kind) : undefined
    const params = component?.route.read(parts)
    if (!component || !params) return routing.answers.say(invocation, trouble.oldButton())
    if ('open' in component) return routing.answers.modal(invocation, component.open(params))
    const { id, actor, memberId, guildId } = invocation
    // A question that came in a direct message says itself whose it is; in another guild it was never asked.
    const isElsewhere = 'runFor' in component && guildId !== undefined && params.guild !== actor?.guildId
    if (isElsewhere) return routing.answers.say(invocation, trouble.oldButton())
    const press = {
      id,
      params,
      place: invocation.place,
      values: asked.kind === 'component' ? asked.values : [],
      fields: asked.kind === 'modal' ? asked.fields : {},
      rules: routing.rules,
    }
    await acknowledgedWhile(invocation, component.answers, async () => {
      if ('runFor' in component) return component.runFor({ ...press, memberId })
      if (!actor) {
        logRefused(invocation, kind, params, 'onlyInGuilds')
        return trouble.onlyInGuilds()
      }
      const denied = await deniedTo(actor, component.needs)
      if (!denied) return component.run({ ...press, actor })
      logRefused(invocation, kind, params, denied.reason)
      return refusalView(denied)
    })
  }

  /** It reaches no rule, so no rule tells of it: who pressed what without a right to it. */
  function logRefused(
    { memberId, guildId }: Invocation,
    component: string,
    { request: requestId, draft: draftId }: Readonly<Record<string, string>>,
    reason: string,
  ): void {
    routing.log.warn(
      { guildId, memberId, component, requestId, draftId, reason },
      'a press without a right to it was refused',
    )
  }

  async function deniedTo(actor: Actor, needs: Needs): Promise<Refusal | undefined> {
    return needs === 'everybody' ? undefined : routing.rules.mayNot(actor, needs)
  }

  async function acknowledgedWhile(
    invocation: Invocation,
    answers: 'update' | 'new',
    work: () => Promise<Reply>,
  ): Promise<void> {
    const acknowledge = answers === 'new' ? routing.answers.defer : routing.answers.deferUpdate
    const [acknowledged, reply] = await Promise.all([
      acknowledge(invocation).then(
        () => true,
        (error: unknown) => logLost(routing.log, invocation, error),
      ),
      replyOf(invocation, work),
    ])
    if (acknowledged !== true) return
    await routing.answers.edit(invocation, reply)
    const { later } = reply
    // Not waited for: it may take as long as an answer can be changed, and a stop ends it.
    if (later) void changeLater(invocation, later)
  }

  async function changeLater(invocation: Invocation, later: NonNullable<Reply['later']>): Promise<void> {
    const stop = routing.stop ?? new AbortController().signal
    let stopped = false
    const reply = await replyOf(invocation, async () => {
      const then = await later(stop)
      stopped = then === undefined || stop.aborted
      return then ?? { content: '' }
    })
    if (stopped) return
    await routing.answers
      .edit(invocation, reply)
      .catch((error: unknown) => logLost(routing.log, invocation, error))
  }

  /** What the work says, or, where it broke, that it broke and what to do. */
  async function replyOf(invocation: Invocation, work: () => Promise<Reply>): Promise<Reply> {
    try {
      return await work()
    } catch (error) {
      const reference = routing.newReference()
      const storeIsDown = error instanceof StoreUnavailable
      routing.log.error(
        { ref: reference, command: nameOf(invocation.asked), guildId: invocation.actor?.guildId, error },
        storeIsDown ? 'the store did not answer' : 'a command broke',
      )
      return storeIsDown ? trouble.storeUnavailable(reference) : trouble.broken(reference)
    }
  }
}

function actionOf(command: Command | undefined, subcommand: string | undefined): AnyAction | undefined {
  if (!command) return undefined
  const { actions } = command
  if (actions.kind === 'one') return actions.action
  const name = subcommand ?? ''
  return Object.hasOwn(actions.actions, name) ? actions.actions[name] : undefined
}

/** How Discord sends each kind of option: members, roles and channels as their ids. */
const typeIn: Record<Options[string]['kind'], 'string' | 'boolean' | 'number'> = {
  text: 'string',
  yesNo: 'boolean',
  number: 'number',
  member: 'string',
  role: 'string',
  channel: 'string',
}

/** What is required is there, what is there was declared, and every value is of its kind. */
function areAsDeclared(given: Readonly<Record<string, unknown>>, declared: Options): boolean {
  const isOfItsKind = (name: string, value: unknown) => {
    const option = Object.hasOwn(declared, name) ? declared[name] : undefined
    if (option === undefined || typeof value !== typeIn[option.kind]) return false
    return option.choices === undefined || option.choices.some((choice) => choice.value === value)
  }
  return (
    Object.entries(declared).every(([name, { required }]) => !required || Object.hasOwn(given, name)) &&
    Object.entries(given).every(([name, value]) => isOfItsKind(name, value))
  )
}

function nameOf(asked: Asked): string {
  return 'name' in asked
    ? [asked.name, asked.subcommand].filter(Boolean).join(' ')
    : splitCustomId(asked.customId).kind
}

/**
 * The person cannot be told any more: the 3 seconds or the 15 minutes are over, or another process answered first.
 * What was done stays done, and stands in the history.
 */
function logLost(log: Log, { id, asked }: Invocation, error: unknown): void {
  const code = error instanceof DiscordAPIError ? error.code : undefined
  log.warn(
    { interactionId: id, command: nameOf(asked), discordCode: code, error },
    'an answer did not reach Discord',
  )
}

/** The last thousand interaction ids: enough for what a resumed connection repeats. The store holds the rest. */
class RecentIds {
  readonly #ids = new Set<string>()

  /** Whether it was seen before; from now on it was. */
  has(id: string): boolean {
    if (this.#ids.has(id)) return true
    this.#ids.add(id)
    const [oldest] = this.#ids
    if (this.#ids.size > 1_000 && oldest !== undefined) this.#ids.delete(oldest)
    return false
  }
}

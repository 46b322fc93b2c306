import {
  type APIApplicationCommandOptionChoice,
  type APIModalInteractionResponseCallbackData,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ChannelType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord-api-types/v10'
import type { ChannelId, MemberId, RoleId } from '../lib/ids.ts'
import type { CardPlace } from '../sharing/access-request.ts'
import type { Actor, Capability } from '../sharing/policy.ts'
import type { Rules } from '../sharing/rules.ts'
import type { Suggestion } from '../sharing/use-cases/suggest.ts'
import { SlashCommandBuilder, type SlashCommandSubcommandBuilder } from './builders.ts'
import type { Route } from './custom-id.ts'
import type { Reply } from './reply.ts'

/**
 * Who may use something: one capability, or everybody. There is no default, so nothing can be forgotten; it is asked
 * at every call and at every press.
 */
export type Needs = Capability | 'everybody'

// ---------------------------------------------------------------------------------------------------------------
// Options

interface Kinds {
  text: string
  yesNo: boolean
  number: number
  member: MemberId
  role: RoleId
  channel: ChannelId
}
type Kind = keyof Kinds

export interface Option<K extends Kind = Kind, Required extends boolean = boolean, Value = Kinds[K]> {
  kind: K
  description: string
  required: Required
  maxLength?: number
  /** Of a number, both included. */
  range?: readonly [number, number]
  choices?: readonly Suggestion[]
  complete?: Complete
  /** Never there at run time: it carries the type of the value. */
  readonly value?: Value
}
export type Options = Readonly<Record<string, Option>>

/** Answers a keystroke; what it offers does not bind the person, who may type something else. */
export type Complete = (asked: {
  typed: string
  /** What stands in the option `server` of the same command by now. */
  server?: string
  actor: Actor
  rules: Rules
}) => Promise<readonly Suggestion[]>

interface TextDetails {
  maxLength?: number
  complete?: Complete
}

/** `option.text('…')` may be left out, `required.text('…')` may not. */
const optionsThat = <Required extends boolean>(required: Required) => ({
  text: (description: string, details: TextDetails = {}): Option<'text', Required> => ({
    kind: 'text',
    description,
    required,
    ...details,
  }),
  /** One of the guild's Plex servers; without it, the first. */
  server: (): Option<'text', Required> => ({
    kind: 'text',
    description: 'Which Plex server, if there are several',
    required,
    maxLength: 100,
    complete: ({ typed, actor, rules }) => rules.suggestServers(actor, typed),
  }),
  oneOf: <const Value extends string>(
    description: string,
    values: readonly Value[],
  ): Option<'text', Required, Value> => ({
    kind: 'text',
    description,
    required,
    choices: values.map((value) => ({ name: value, value })),
  }),
  yesNo: (description: string): Option<'yesNo', Required> => ({ kind: 'yesNo', description, required }),
  number: (description: string, range: readonly [number, number]): Option<'number', Required> => ({
    kind: 'number',
    description,
    required,
    range,
  }),
  channel: (description: string): Option<'channel', Required> => ({ kind: 'channel', description, required }),
  member: (description: string): Option<'member', Required> => ({ kind: 'member', description, required }),
  role: (description: string): Option<'role', Required> => ({ kind: 'role', description, required }),
})
export const option = optionsThat(false)
export const required = optionsThat(true)

type ValueOf<O> = O extends Option<Kind, boolean, infer Value> ? Value : never
/** What the options of a command hold when it is run; one that was left out is not there. */
export type ValuesOf<O extends Options> = {
  [Name in keyof O as O[Name] extends { required: true } ? Name : never]: ValueOf<O[Name]>
} & {
  [Name in keyof O as O[Name] extends { required: true } ? never : Name]?: ValueOf<O[Name]>
}

// ---------------------------------------------------------------------------------------------------------------
// Commands

export interface Call<Values> {
  /** The interaction's id. A call that Discord delivers twice has the same one. */
  id: string
  actor: Actor
  options: Values
  rules: Rules
}

export interface Action<O extends Options = Options> {
  description: string
  needs: Needs
  options: O
  run(call: Call<ValuesOf<O>>): Promise<Reply>
}
/** An action whose options' types have been forgotten: the router fills them in from Discord's own types. */
export interface AnyAction {
  description: string
  needs: Needs
  options: Options
  run(call: Call<never>): Promise<Reply>
}

export interface Command {
  name: string
  description: string
  /** One action, or one for each subcommand. */
  actions: { kind: 'one'; action: AnyAction } | { kind: 'sub'; actions: Readonly<Record<string, AnyAction>> }
}

/** One command of Discord's menu. The declaration gives both Discord's JSON and the types of the options. */
export function defineCommand<const O extends Options>(command: { name: string } & Action<O>): Command {
  const { name, description } = command
  return { name, description, actions: { kind: 'one', action: command } }
}

export function defineCommandWith(command: {
  name: string
  description: string
  subcommands: Readonly<Record<string, AnyAction>>
}): Command {
  const { name, description, subcommands } = command
  return { name, description, actions: { kind: 'sub', actions: subcommands } }
}

export function subcommand<const O extends Options>(action: Action<O>): AnyAction {
  return action
}

/** The command as Discord wants it registered: in guilds only, installed to guilds only. */
export function registrationOf(command: Command): RESTPostAPIChatInputApplicationCommandsJSONBody {
  const builder = new SlashCommandBuilder()
    .setName(command.name)
    .setDescription(command.description)
    .setContexts(InteractionContextType.Guild)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall)
  if (command.actions.kind === 'one') addOptions(builder, command.actions.action.options)
  else {
    for (const [name, action] of Object.entries(command.actions.actions)) {
      builder.addSubcommand((sub) => {
        addOptions(sub.setName(name).setDescription(action.description), action.options)
        return sub
      })
    }
  }
  return { ...builder.toJSON(), type: ApplicationCommandType.ChatInput }
}

function addOptions(builder: SlashCommandBuilder | SlashCommandSubcommandBuilder, options: Options): void {
  const requiredFirst = Object.entries(options).sort(
    ([, a], [, b]) => Number(b.required) - Number(a.required),
  )
  for (const [name, each] of requiredFirst) {
    const { description, required: isRequired, kind } = each
    switch (kind) {
      case 'text':
        builder.addStringOption((o) => {
          o.setName(name).setDescription(description).setRequired(isRequired)
          if (each.maxLength !== undefined) o.setMaxLength(each.maxLength)
          if (each.choices) o.addChoices(...each.choices.map(asChoice))
          return o.setAutocomplete(each.complete !== undefined)
        })
        break
      case 'yesNo':
        builder.addBooleanOption((o) => o.setName(name).setDescription(description).setRequired(isRequired))
        break
      case 'number':
        builder.addIntegerOption((o) => {
          const [least, most] = each.range ?? [0, 1_000]
          return o
            .setName(name)
            .setDescription(description)
            .setRequired(isRequired)
            .setMinValue(least)
            .setMaxValue(most)
        })
        break
      case 'member':
        builder.addUserOption((o) => o.setName(name).setDescription(description).setRequired(isRequired))
        break
      case 'role':
        builder.addRoleOption((o) => o.setName(name).setDescription(description).setRequired(isRequired))
        break
      case 'channel':
        builder.addChannelOption((o) =>
          o
            .setName(name)
            .setDescription(description)
            .setRequired(isRequired)
            .addChannelTypes(ChannelType.GuildText),
        )
        break
      default:
        kind satisfies never
    }
  }
}
const asChoice = ({ name, value }: Suggestion): APIApplicationCommandOptionChoice<string> => ({ name, value })

// ---------------------------------------------------------------------------------------------------------------
// Buttons, selects, modals

export interface Press<Param extends string> {
  id: string
  actor: Actor
  /** The message that was pressed, or that the modal came from. */
  place: CardPlace | undefined
  params: Readonly<Record<Param, string>>
  /** What was chosen in a select. */
  values: readonly string[]
  /** What was filled in, by field. */
  fields: Readonly<Record<string, string>>
  rules: Rules
}

/** How a press is answered: by changing the message it sits on, by a new private message, or by a modal. */
export type Answer = 'update' | 'new'

export interface Component<Param extends string = string> {
  route: Route<Param>
  needs: Needs
  answers: Answer
  run(press: Press<Param>): Promise<Reply>
}
/** Something that may be pressed in a direct message too, where nobody has roles: the pressing person is all there is. */
export interface PersonalComponent<Param extends string = string> {
  route: Route<Param>
  answers: Answer
  runFor(press: Omit<Press<Param>, 'actor'> & { memberId: MemberId }): Promise<Reply>
}
/** Opens a modal. It must be Discord's first answer, so it can wait for nothing. */
export interface ModalOpener<Param extends string = string> {
  route: Route<Param>
  open(params: Readonly<Record<Param, string>>): APIModalInteractionResponseCallbackData
}
export type AnyComponent = Component | PersonalComponent | ModalOpener

export const defineComponent = <Param extends string>(component: Component<Param>): AnyComponent => component
export const definePersonalComponent = <Param extends string>(
  component: PersonalComponent<Param>,
): AnyComponent => component
export const defineModalOpener = <Param extends string>(opener: ModalOpener<Param>): AnyComponent => opener

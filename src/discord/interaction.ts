import { ComponentType, InteractionType } from 'discord-api-types/v10'
import { z } from 'zod'
import { type ChannelId, type GuildId, id, type MemberId, type RoleId } from '../lib/ids.ts'
import type { CardPlace } from '../sharing/access-request.ts'
import type { Actor } from '../sharing/policy.ts'

/**
 * Discord's interaction as plain data, read from the gateway's own payload and trusted from then on. What is not of
 * this shape is not answered: nobody could have pressed it.
 * @see https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
 */
export interface Invocation {
  id: string
  /** A secret: whoever has it can answer in the bot's name for 15 minutes. */
  token: string
  applicationId: string
  memberId: MemberId
  /** Where it was pressed; absent in a direct message. Who may what there stands in `actor` alone. */
  guildId?: GuildId
  /** Nothing in a direct message: there is no guild whose right it could be. */
  actor: Actor | undefined
  /** The message that was pressed, or that the modal came from. */
  place?: CardPlace
  asked: Asked
}
export type Asked =
  | { kind: 'command'; name: string; subcommand?: string; options: Readonly<Record<string, unknown>> }
  | {
      kind: 'autocomplete'
      name: string
      subcommand?: string
      options: Readonly<Record<string, unknown>>
      focused: string
    }
  | { kind: 'component'; customId: string; values: readonly string[] }
  | { kind: 'modal'; customId: string; fields: Readonly<Record<string, string>> }

const snowflake = z.string().regex(/^\d{1,20}$/u)
const leaf = z.object({
  name: z.string(),
  type: z.number(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  focused: z.boolean().optional(),
})
const branch = z.object({ name: z.string(), type: z.literal(1), options: z.array(leaf).optional() })
const commandData = z.object({
  name: z.string(),
  type: z.number(),
  options: z.array(z.union([branch, leaf])).optional(),
})
const field = z.object({ custom_id: z.string(), value: z.string().optional() })
const modalData = z.object({
  custom_id: z.string(),
  components: z.array(
    z.union([z.object({ component: field }), z.object({ components: z.array(field) }), z.looseObject({})]),
  ),
})

const common = z.object({
  id: snowflake,
  token: z.string().min(1),
  application_id: snowflake,
  guild_id: snowflake.optional(),
  /** The same guild once more; nothing of it is used, but it may not be another one. */
  guild: z.object({ id: snowflake }).nullish(),
  member: z
    .object({
      user: z.object({ id: snowflake }),
      roles: z.array(snowflake),
      permissions: z.string().regex(/^\d{1,40}$/u),
    })
    .optional(),
  user: z.object({ id: snowflake }).optional(),
  channel_id: snowflake.optional(),
  message: z.object({ id: snowflake }).optional(),
})
const interaction = z.discriminatedUnion('type', [
  common.extend({ type: z.literal(InteractionType.ApplicationCommand), data: commandData }),
  common.extend({ type: z.literal(InteractionType.ApplicationCommandAutocomplete), data: commandData }),
  common.extend({
    type: z.literal(InteractionType.MessageComponent),
    data: z.object({
      custom_id: z.string(),
      component_type: z.enum(ComponentType),
      values: z.array(z.string()).optional(),
    }),
  }),
  common.extend({ type: z.literal(InteractionType.ModalSubmit), data: modalData }),
])

/** The invocation, or nothing where the payload is not one that a person can have caused. */
export function readInteraction(payload: unknown): Invocation | undefined {
  const parsed = interaction.safeParse(payload)
  if (!parsed.success) return undefined
  const { data: raw } = parsed
  const user = raw.member?.user ?? raw.user
  if (!user) return undefined
  if (raw.guild && raw.guild.id !== raw.guild_id) return undefined
  return {
    id: raw.id,
    token: raw.token,
    applicationId: raw.application_id,
    memberId: id<MemberId>(user.id),
    ...(raw.guild_id === undefined ? {} : { guildId: id<GuildId>(raw.guild_id) }),
    actor: actorOf(raw),
    ...placeOf(raw),
    asked: askedBy(raw),
  }
}

/** Administrator or Manage Server. @see https://discord.com/developers/docs/topics/permissions */
const managing = 0x8n | 0x20n

export function managesServer(permissions: bigint): boolean {
  return (permissions & managing) !== 0n
}

function actorOf({ guild_id, member }: z.infer<typeof common>): Actor | undefined {
  if (guild_id === undefined || !member) return undefined
  return {
    guildId: id<GuildId>(guild_id),
    memberId: id<MemberId>(member.user.id),
    // The role that everybody has carries the guild's own id, and Discord does not list it.
    roleIds: [...member.roles, guild_id].map((role) => id<RoleId>(role)),
    managesServer: managesServer(BigInt(member.permissions)),
  }
}

function placeOf({ channel_id, message }: z.infer<typeof common>): Pick<Invocation, 'place'> {
  if (channel_id === undefined || !message) return {}
  return { place: { channelId: id<ChannelId>(channel_id), messageId: message.id } }
}

function askedBy(raw: z.infer<typeof interaction>): Asked {
  switch (raw.type) {
    case InteractionType.ApplicationCommand:
      return { kind: 'command', ...commandOf(raw.data) }
    case InteractionType.ApplicationCommandAutocomplete: {
      const command = commandOf(raw.data)
      return { kind: 'autocomplete', ...command, focused: command.focused ?? '' }
    }
    case InteractionType.MessageComponent:
      return { kind: 'component', customId: raw.data.custom_id, values: raw.data.values ?? [] }
    case InteractionType.ModalSubmit:
      return { kind: 'modal', customId: raw.data.custom_id, fields: fieldsOf(raw.data) }
    default:
      return raw satisfies never
  }
}

function commandOf({ name, options = [] }: z.infer<typeof commandData>) {
  const [first] = options
  const sub = first && !('value' in first) ? first : undefined
  const leaves = sub ? (sub.options ?? []) : options.filter((each) => 'value' in each)
  const focused = leaves.find((each) => each.focused)?.name
  return {
    name,
    ...(sub ? { subcommand: sub.name } : {}),
    options: Object.fromEntries(leaves.map((each) => [each.name, each.value])),
    ...(focused === undefined ? {} : { focused }),
  }
}

function fieldsOf({ components }: z.infer<typeof modalData>): Record<string, string> {
  const fields = components.flatMap((each) => {
    const candidates = 'component' in each ? [each.component] : 'components' in each ? each.components : []
    if (!Array.isArray(candidates)) return []
    // A part that is no field, or no longer one that we know, is left out.
    return candidates.flatMap((candidate: unknown) => field.safeParse(candidate).data ?? [])
  })
  return Object.fromEntries(fields.map((each) => [each.custom_id, each.value ?? '']))
}

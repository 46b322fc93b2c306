import { randomBytes } from 'node:crypto'
import type { Interaction } from './interaction.ts'
import type { JsonObject } from './json.ts'
import type { Attachment, Message } from './message.ts'
import { type Pings, wouldPing } from './rules/mentions.ts'
import { snowflakes } from './snowflake.ts'
import { Watch } from './watch.ts'
import type { DiscordWorld, WorldChannel, WorldGuild, WorldMember, WorldUser } from './world.ts'
import { everybodyIn } from './world.ts'

/** A request, or a gateway event, of the bot that breaks Discord's rules. */
export interface RuleBreak {
  /** For instance `button.label` or `interaction.acknowledged-late`. */
  rule: string
  /** Method and path with tokens left out, and where in the body. */
  request: string
  says: string
}

/** What the bot sent. `body` is the parsed JSON; with files beside it, that is `payload_json`. */
export interface RequestEntry {
  method: string
  path: string
  body: unknown
  files: readonly { filename: string; text: string }[]
  at: Date
  status: number
  answer: unknown
}

export interface DmChannel {
  id: string
  userId: string
}

/** A command as Discord keeps it. */
export interface RegisteredCommand {
  readonly id: string
  readonly application_id: string
  readonly guild_id?: string
  readonly version: string
  readonly type: number
  readonly name: string
  readonly description: string
  readonly options: readonly RegisteredOption[]
  readonly default_member_permissions: string | null
  readonly contexts: readonly number[] | null
  readonly dm_permission: boolean
  readonly name_localizations: JsonObject | null
  readonly description_localizations: JsonObject | null
  readonly integration_types: readonly number[]
  readonly nsfw: boolean
}

export interface RegisteredOption {
  readonly type: number
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly autocomplete?: boolean
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[]
  readonly options?: readonly RegisteredOption[]
  readonly min_value?: number
  readonly max_value?: number
  readonly min_length?: number
  readonly max_length?: number
  readonly channel_types?: readonly number[]
}

/** What happens to a message or guild, told to whoever has a gateway open. */
export interface Events {
  tell(name: string, data: unknown, about: { guildId?: string | undefined; intent?: number }): void
}

/** Everything the pretend Discord remembers while it runs. */
export class State {
  readonly world: DiscordWorld
  readonly now: () => Date
  readonly token: string
  /** How long Discord waits for the first answer. */
  acknowledgeWithinMs = 3_000
  readonly newId: () => string
  readonly watch = new Watch()
  readonly problems: RuleBreak[] = []
  readonly requests: RequestEntry[] = []
  readonly pings: { message: Message; pings: Pings }[] = []
  /** By guild id; global ones under the empty string. */
  readonly commands = new Map<string, RegisteredCommand[]>()
  /** When each scope's commands were created, for the limit of 200 a day. */
  readonly commandCreates = new Map<string, number[]>()
  readonly messages = new Map<string, Message>()
  readonly messageIdsByChannel = new Map<string, string[]>()
  readonly interactions = new Map<string, Interaction>()
  readonly interactionsByToken = new Map<string, Interaction>()
  /** What was sent for an interaction, to send it again. */
  readonly payloads = new WeakMap<Interaction, JsonObject>()
  readonly dms = new Map<string, DmChannel>()
  readonly closedDms = new Set<string>()
  readonly messageIdsByNonce = new Map<string, { id: string; at: number }>()
  /** How the next interaction is delivered: how often, and with which changes to its payload. */
  nextDelivery: { times: number; change?: (payload: JsonObject) => JsonObject } = { times: 1 }
  /** When set, messages older than an hour cannot be edited by channel and id: 429 with 30046 and this Retry-After. */
  oldEditsRefusedForSeconds: number | undefined
  /** Files that people attached to a command or modal. */
  readonly uploads = new Map<string, Attachment>()
  /** How many requests, interactions and messages are remembered at least; for long runs fewer than all. */
  remembers = Number.POSITIVE_INFINITY
  events: Events = { tell: () => {} }
  /** The REST base, as the bot is told it. */
  url = ''

  constructor(world: DiscordWorld, now: () => Date) {
    this.world = world
    this.now = now
    this.newId = snowflakes(now)
    const part = (bytes: number) => randomBytes(bytes).toString('base64url')
    this.token = `${Buffer.from(world.bot.id).toString('base64url')}.${part(5).slice(0, 6)}.${part(29).slice(0, 38)}`
  }

  guild(id: string | undefined): WorldGuild | undefined {
    return this.world.guilds.find((one) => one.id === id)
  }

  member(guild: WorldGuild, userId: string): WorldMember | undefined {
    return guild.members.find((one) => one.user.id === userId)
  }

  userById(id: string): WorldUser | undefined {
    for (const user of everybodyIn(this.world)) if (user.id === id) return user
    return undefined
  }

  userNamed(username: string): WorldUser | undefined {
    for (const user of everybodyIn(this.world)) if (user.username === username) return user
    return undefined
  }

  channel(id: string): { guild: WorldGuild; channel: WorldChannel } | undefined {
    for (const guild of this.world.guilds) {
      const channel = guild.channels.find((one) => one.id === id)
      if (channel !== undefined) return { guild, channel }
    }
    return undefined
  }

  dm(channelId: string): DmChannel | undefined {
    for (const dm of this.dms.values()) if (dm.id === channelId) return dm
    return undefined
  }

  /** The one DM channel between the bot and this person, opened now if it was not. */
  dmWith(userId: string): DmChannel {
    const open = this.dms.get(userId) ?? { id: this.newId(), userId }
    this.dms.set(userId, open)
    return open
  }

  messagesIn(channelId: string): Message[] {
    return (this.messageIdsByChannel.get(channelId) ?? []).flatMap((id) => this.messages.get(id) ?? [])
  }

  /** Keeps a message's newest state. */
  put(message: Message): void {
    if (!this.messages.has(message.id)) {
      const ids = this.messageIdsByChannel.get(message.channelId) ?? []
      ids.push(message.id)
      this.messageIdsByChannel.set(message.channelId, ids)
    }
    this.messages.set(message.id, message)
    if (wouldPing(message.pings)) this.pings.push({ message, pings: message.pings })
  }

  remove(message: Message): void {
    this.messages.delete(message.id)
    const ids = this.messageIdsByChannel.get(message.channelId)
    ids?.splice(ids.indexOf(message.id), 1)
  }

  /** Forgets the oldest once there are twice as many as are to be remembered. */
  forgetTheOldest(): void {
    const { remembers } = this
    if (this.requests.length > remembers * 2) this.requests.splice(0, this.requests.length - remembers)
    for (const [id, interaction] of beyond(this.interactions, remembers)) {
      const mayStillBeAnswered =
        interaction.ack === undefined &&
        performance.now() - interaction.dispatchedAtMs <= this.acknowledgeWithinMs
      if (mayStillBeAnswered) continue
      this.interactions.delete(id)
      this.interactionsByToken.delete(interaction.token)
    }
    for (const [, message] of beyond(this.messages, remembers)) this.remove(message)
    if (this.pings.length > remembers * 2) this.pings.splice(0, this.pings.length - remembers)
  }

  broke(rule: string, request: string, says: string): void {
    this.problems.push({ rule, request, says })
    this.watch.changed()
  }
}

/** The oldest of a map beyond the newest `count`, or none while there are less than twice as many. */
const beyond = <K, V>(map: ReadonlyMap<K, V>, count: number): [K, V][] =>
  map.size <= count * 2 ? [] : [...map].slice(0, map.size - count)

import { ApplicationFlags, GatewayIntentBits, PermissionFlagsBits } from 'discord-api-types/v10'

/** What the gateway is asked for: guilds, and nothing that Discord has to grant. See decision 006. */
export const gatewayIntents: readonly GatewayIntentBits[] = [GatewayIntentBits.Guilds]

/** A right in Discord, by the name that its settings show. */
export interface Permission {
  name: string
  bit: bigint
}

/**
 * The least that the bot needs where it posts: cards of reviewers and of the log are its own messages, plain text with
 * buttons, and are changed by their ids. Files go out only as private answers to commands, which ask for no right.
 */
export const neededPermissions: readonly Permission[] = [
  { name: 'View Channels', bit: PermissionFlagsBits.ViewChannel },
  { name: 'Send Messages', bit: PermissionFlagsBits.SendMessages },
]

/** The page on which somebody who may manage a Discord server lets the bot in, with the least permissions. */
export function inviteLink(applicationId: string): string {
  const permissions = neededPermissions.reduce((all, { bit }) => all | bit, 0n)
  const client = encodeURIComponent(applicationId)
  return `https://discord.com/oauth2/authorize?client_id=${client}&scope=bot+applications.commands&permissions=${permissions}`
}

/** The intents that an application's owner has to switch on, and the flags of which one says that he did. */
const privileged = [
  {
    intent: GatewayIntentBits.GuildPresences,
    name: 'Presence Intent',
    flags: ApplicationFlags.GatewayPresence | ApplicationFlags.GatewayPresenceLimited,
  },
  {
    intent: GatewayIntentBits.GuildMembers,
    name: 'Server Members Intent',
    flags: ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited,
  },
  {
    intent: GatewayIntentBits.MessageContent,
    name: 'Message Content Intent',
    flags: ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited,
  },
]

/**
 * The privileged intents that an application was granted, read from its flags.
 * @see https://docs.discord.com/developers/resources/application#application-object-application-flags
 */
export function grantedIntents(flags: number): readonly GatewayIntentBits[] {
  return privileged.filter((each) => (flags & each.flags) !== 0).map(({ intent }) => intent)
}

/** By the names of the developer portal's switches: what is asked for at the gateway and was not granted. */
export function missingIntents(
  granted: readonly GatewayIntentBits[],
  asked: readonly GatewayIntentBits[] = gatewayIntents,
): readonly string[] {
  return privileged
    .filter(({ intent }) => asked.includes(intent) && !granted.includes(intent))
    .map(({ name }) => name)
}

/** The pretend Discord, for tests and the demo. */
export { Cannot } from './cannot.ts'
export type { OptionValue, OptionValues } from './command-input.ts'
export type { FailureAnswer, Faults } from './faults.ts'
export type { InteractionHandle } from './handle.ts'
export type { Acknowledgement, Modal } from './interaction.ts'
export { type Attachment, type Component, componentsIn, type Message } from './message.ts'
export type { ModalValues } from './modal-input.ts'
export type { PretendPerson } from './person.ts'
export { type PretendDiscord, type PretendDiscordOptions, startPretendDiscord } from './pretend-discord.ts'
export type { PersonsFile } from './resolved.ts'
export type { RegisteredCommand, RequestEntry, RuleBreak } from './state.ts'
export { type Names, textOf, textOfModal } from './text-of.ts'
export type { Where } from './where.ts'
export {
  type DiscordWorld,
  discordWorld,
  type GuildDifferences,
  type WorldDifferences,
  type WorldGuild,
  type WorldMember,
  type WorldUser,
} from './world.ts'

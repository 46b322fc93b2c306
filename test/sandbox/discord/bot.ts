import {
  type BaseInteraction,
  Client,
  type ClientOptions,
  Events,
  GatewayIntentBits,
  Partials,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js'
import { onTestFinished } from 'vitest'
import {
  type PretendDiscord,
  type PretendDiscordOptions,
  startPretendDiscord,
} from '../../../src/sandbox/discord/index.ts'

export async function aDiscord(options: PretendDiscordOptions = {}): Promise<PretendDiscord> {
  const discord = await startPretendDiscord(options)
  onTestFinished(() => discord.close())
  return discord
}

export const usualIntents = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMembers,
  GatewayIntentBits.GuildModeration,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.DirectMessages,
]

/** The client as it comes, pointed at the pretend Discord and nothing else changed. */
export function aClient(discord: PretendDiscord, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: usualIntents,
    partials: [Partials.Channel],
    ...options,
    rest: { api: discord.url, ...options.rest },
  })
  onTestFinished(() => client.destroy())
  return client
}

/** A bot that is logged in, has these commands, and does `answer` at every interaction. What it throws is kept. */
export async function aBot(
  discord: PretendDiscord,
  answer: (interaction: BaseInteraction) => Promise<unknown> = async () => {},
  {
    commands = [],
    ...options
  }: Partial<ClientOptions> & { commands?: RESTPostAPIApplicationCommandsJSONBody[] } = {},
): Promise<{ client: Client<true>; errors: unknown[] }> {
  const client = aClient(discord, options)
  const errors: unknown[] = []
  client.on(Events.Error, (error) => errors.push(error))
  client.on(Events.InteractionCreate, (interaction) => {
    answer(interaction).catch((error: unknown) => errors.push(error))
  })
  const isReady = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve))
  await client.login(discord.token)
  const ready = await isReady
  if (commands.length > 0) await ready.application.commands.set(commands)
  return { client: ready, errors }
}

/** The next event of this name; whoever asks says what it carries. */
export const once = <T>(client: Client, event: string): Promise<T> =>
  new Promise((resolve) => client.once(event as never, (value: T) => resolve(value)))

/** The yardstick: a discord.js client that logs in with the same intent as the bot and does nothing else. */
import { Client, Events, GatewayIntentBits } from 'discord.js'

const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  rest: { api: process.env.DISCORD_API_URL },
})
client.once(Events.ClientReady, () => process.stdout.write('ready\n'))
process.once('SIGTERM', () => client.destroy().then(() => process.exit(0)))
await client.login(process.env.DISCORD_TOKEN)

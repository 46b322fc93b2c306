import { label } from '../../discord/text.ts'
import type { Examination } from './examination.ts'
import type { SignIn } from './plex-readings.ts'

/** What a sign-in is called: by its variable, or by its guild and the account's user name. */
export async function signInNames({ discord }: Examination): Promise<(signIn: SignIn) => string> {
  const guilds = await discord.guilds()
  const names = new Map(guilds.ok ? guilds.value.map(({ guildId, name }) => [guildId, name]) : [])
  return ({ of }) =>
    of.is === 'environment'
      ? 'PLEX_TOKEN'
      : `${label(names.get(of.guildId) ?? '', of.guildId)}, ${label(of.username, of.accountId)}`
}

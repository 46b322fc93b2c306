import { describeProblems } from '../../config.ts'
import { type Application, type Bot, createLook, type Look, type Looked } from '../../discord/look.ts'
import { gatewayIntents, missingIntents } from '../../discord/requirements.ts'
import { label } from '../../discord/text.ts'
import { ok } from '../../lib/result.ts'
import { Cancelled } from '../asker.ts'
import { lookProblemWords, whereTokensAre } from '../discord-words.ts'
import type { SettingsInForce } from '../settings-in-force.ts'
import { cleanToken, notAToken } from './clean-token.ts'
import type { SetupGround } from './ground.ts'

/** A token that Discord knows, and as whom. */
export interface KnownBot {
  token: string
  bot: Bot
  application: Application
  look: Look
}

/** The token that is there, or one that is asked for until Discord knows it. `undefined`: it cannot be had here. */
export async function discordToken(
  ground: SetupGround,
  settings: SettingsInForce,
  apiUrl: string,
): Promise<KnownBot | undefined> {
  const { asker, say } = ground
  const found = await tokenThatIsThere(ground, settings, apiUrl)
  if (found === 'cannotBeChanged') return undefined
  const known = found ?? (await askForToken(ground, apiUrl))
  const { bot, application } = known
  say(`Signed in to Discord as the bot ${label(bot.username, '(no name)')}.`)
  await waitForIntents(known, ground)
  if (!application.isPublic) {
    say('The application is private: only its owner can let the bot into a server.')
  }
  if (application.needsCodeGrant) {
    say(
      `The application has “Requires OAuth2 Code Grant” switched on, and with it no link lets the bot in. Switch it off: ${botPage(application)}`,
    )
    await asker.confirm('Is it switched off?')
  }
  return known
}

async function tokenThatIsThere(
  ground: SetupGround,
  settings: SettingsInForce,
  apiUrl: string,
): Promise<KnownBot | 'cannotBeChanged' | undefined> {
  const { asker, say } = ground
  const source = settings.sourceOf('DISCORD_TOKEN')
  if (source === undefined) return undefined
  const isOurs = settings.isOurs('DISCORD_TOKEN')
  const cannot = () => {
    say(`It comes from ${source}, which counts more than .env. Change it there, then run this again.`)
    return 'cannotBeChanged' as const
  }
  const given = settings.read('DISCORD_TOKEN')
  if (!given.ok) {
    say(describeProblems(given.problem))
    return isOurs ? undefined : cannot()
  }
  const token = given.value?.reveal() ?? ''
  const known = await tried(token, ground, apiUrl)
  if (!known) return isOurs ? undefined : cannot()
  const name = label(known.bot.username, '(no name)')
  if (!isOurs) {
    say(`The token comes from ${source}.`)
    return known
  }
  const keeps = await asker.confirm(`There is a token in .env already, of the bot ${name}. Keep it?`)
  return keeps ? known : undefined
}

async function askForToken(ground: SetupGround, apiUrl: string): Promise<KnownBot> {
  const { asker, say } = ground
  say(`The bot needs a token. ${whereTokensAre}`)
  for (;;) {
    const { token, without } = cleanToken(await asker.secret('The bot’s token (it is not shown)'))
    if (without.length > 0) say(`Taken without ${without.join(' and ')} around it.`)
    const instead = notAToken(token)
    if (instead !== undefined) {
      say(`${instead}\n${whereTokensAre}`)
      continue
    }
    const known = await tried(token, ground, apiUrl)
    if (known) return known
  }
}

/** `undefined` where Discord does not know it. What passes is tried again for as long as the person wants. */
async function tried(
  token: string,
  { asker, say, stopped }: SetupGround,
  apiUrl: string,
): Promise<KnownBot | undefined> {
  const look = createLook({ token, apiUrl })
  for (;;) {
    const identity = await identityOf(look)
    if (stopped.aborted) throw new Cancelled()
    if (identity.ok) return { token, look, ...identity.value }
    say(lookProblemWords(identity.problem))
    if (identity.problem.problem === 'wrongToken') return undefined
    if (!(await asker.confirm('Try again?'))) throw new Cancelled()
  }
}

async function identityOf(look: Look): Looked<Pick<KnownBot, 'bot' | 'application'>> {
  const bot = await look.bot()
  if (!bot.ok) return bot
  const application = await look.application()
  return application.ok ? ok({ bot: bot.value, application: application.value }) : application
}

/** Of what the bot asks for at the gateway; today nothing of that has to be granted. */
export async function waitForIntents(
  { application, look }: Pick<KnownBot, 'application' | 'look'>,
  { asker, say }: Pick<SetupGround, 'asker' | 'say'>,
  asked = gatewayIntents,
): Promise<void> {
  let missing = missingIntents(application.grantedIntents, asked)
  while (missing.length > 0) {
    say(
      `Discord would not let the bot in: ${missing.join(' and ')} must be switched on at ${botPage(application)}`,
    )
    if (!(await asker.confirm('Look again?'))) return
    const again = await look.application()
    if (!again.ok) say(lookProblemWords(again.problem))
    else missing = missingIntents(again.value.grantedIntents, asked)
  }
}

const botPage = ({ applicationId }: Application) =>
  `https://discord.com/developers/applications/${applicationId}/bot`

import { applicationForm, dmForm, ownGuildForm, userForm } from '../forms.ts'
import { textIn } from '../json.ts'
import { refusals } from '../refusal.ts'
import type { State } from '../state.ts'
import { type Answer, type BotRequest, bodyOf, given, type Route } from './route.ts'

/** The bot itself, other people, and the way into their DMs. */
export const userRoutes: Route[] = [
  {
    method: 'GET',
    path: 'users/:user',
    auth: 'bot',
    answer: (state, _request, { user = '' }) => {
      const found = user === '@me' ? state.world.bot : state.userById(user)
      if (found === undefined) throw refusals.unknownUser()
      return given(userForm(found))
    },
  },
  { method: 'GET', path: 'users/@me/guilds', auth: 'bot', answer: listGuilds },
  { method: 'POST', path: 'users/@me/channels', auth: 'bot', answer: openDm },
  {
    method: 'GET',
    path: 'applications/@me',
    auth: 'bot',
    answer: (state) => given(applicationForm(state.world)),
  },
]

/**
 * In the order of their ids, up to 200 a page, after or before the id of the last one seen.
 * @see https://docs.discord.com/developers/resources/user#get-current-user-guilds
 */
function listGuilds(state: State, request: BotRequest): Answer {
  const limit = Math.min(200, Number(request.query.get('limit') ?? 200))
  const after = BigInt(request.query.get('after') ?? 0)
  const before = request.query.get('before')
  const fitting = state.world.guilds
    .flatMap((guild) => {
      const bot = state.member(guild, state.world.bot.id)
      return bot === undefined ? [] : [{ guild, bot }]
    })
    .sort((a, b) => (BigInt(a.guild.id) < BigInt(b.guild.id) ? -1 : 1))
    .filter(({ guild }) => BigInt(guild.id) > after && (before === null || BigInt(guild.id) < BigInt(before)))
  const page = before === null ? fitting.slice(0, limit) : fitting.slice(-limit)
  return given(page.map(({ guild, bot }) => ownGuildForm(guild, bot)))
}

/** Opens the DM channel, or finds the one that is open; that it may be closed to messages shows only when one is sent. */
function openDm(state: State, request: BotRequest): Answer {
  const recipient = state.userById(textIn(bodyOf(request).recipient_id) ?? '')
  if (recipient === undefined || recipient.bot === true) throw refusals.invalidRecipient()
  return given(dmForm(state.dmWith(recipient.id), recipient))
}

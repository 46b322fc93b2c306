import { applicationForm, dmForm, userForm } from '../forms.ts'
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
  { method: 'POST', path: 'users/@me/channels', auth: 'bot', answer: openDm },
  {
    method: 'GET',
    path: 'applications/@me',
    auth: 'bot',
    answer: (state) => given(applicationForm(state.world)),
  },
]

/** Opens the DM channel, or finds the one that is open; that it may be closed to messages shows only when one is sent. */
function openDm(state: State, request: BotRequest): Answer {
  const recipient = state.userById(textIn(bodyOf(request).recipient_id) ?? '')
  if (recipient === undefined || recipient.bot === true) throw refusals.invalidRecipient()
  return given(dmForm(state.dmWith(recipient.id), recipient))
}

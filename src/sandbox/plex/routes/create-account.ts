import { accountValue, signInXml } from '../account-value.ts'
import { createAccount } from '../accounts.ts'
import { type Answer, type ErrorItem, errors, v2, xml } from '../answer.ts'
import { accountNamed } from '../look-up.ts'
import { textField } from '../request.ts'
import type { Call, Route } from '../router.ts'
import { element, textElement } from '../xml.ts'

export const accountCreation: readonly Route[] = [
  {
    method: 'POST',
    path: '/users',
    handle: (call) => {
      const { request, state } = call
      const of = (name: string) => textField(request, 'user', name) ?? ''
      if (isLimited(call)) return tooMany
      const wrong = problems(call, of('email'), of('username'), of('password'))
      if (of('password') !== of('password_confirmation')) {
        wrong.push({ code: 1999, field: 'password_confirmation', message: "doesn't match password" })
      }
      if (wrong.length > 0) return xml(422, element('errors', {}, wrong.map(asSentence)))
      const account = createAccount(state, {
        email: of('email'),
        username: of('username'),
        password: of('password'),
      })
      return xml(
        201,
        signInXml(state.world, account, state.tokenFor(account.id, request.clientIdentifier ?? null)),
      )
    },
  },
  {
    method: 'POST',
    path: '/api/v2/users',
    handle: (call) => {
      const { request, state } = call
      const of = (name: string) => textField(request, name) ?? ''
      if (isLimited(call)) return tooMany
      const wrong = problems(call, of('email'), of('username'), of('password'))
      if (wrong.length > 0) return errors(request, 422, ...wrong)
      const account = createAccount(state, {
        email: of('email'),
        username: of('username'),
        password: of('password'),
      })
      const token = state.tokenFor(account.id, request.clientIdentifier ?? null)
      return v2(request, 201, 'user', accountValue(state.world, account, token))
    },
  },
]

function problems({ state }: Call, email: string, username: string, password: string): ErrorItem[] {
  const found: ErrorItem[] = []
  if (accountNamed(state.world, username)) {
    found.push({ code: 1999, message: 'has already been taken', field: 'username' })
  }
  if (username === '') found.push({ code: 1999, message: "can't be blank", field: 'username' })
  if (!/^[^\s@]+@[^\s@]+$/u.test(email)) found.push({ code: 1999, message: 'is invalid', field: 'email' })
  if (accountNamed(state.world, email)) {
    found.push({ code: 1999, message: 'has already been taken', field: 'email' })
  }
  if (password.length < 8) found.push({ code: 1999, message: 'is too short', field: 'password' })
  return found
}

const asSentence = ({ field = '', message = '' }: ErrorItem) => textElement('error', `${field} ${message}`)

const isLimited = ({ state }: Call) => state.world.rules.accountCreation === 'rate limited'
const tooMany: Answer = { status: 429, contentType: 'text/plain; charset=utf-8', body: 'Too Many Requests' }

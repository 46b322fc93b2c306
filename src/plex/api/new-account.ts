import { inFirstWorkingForm } from '../forms.ts'
import type { PlexHttp } from '../http.ts'
import { readAnswer } from '../parse.ts'
import { signedIn } from './sign-in.ts'

export interface NewAccount {
  email: string
  username: string
  password: string
}

/**
 * Makes a Plex account and returns its token. Only `npm run account -- create` offers it: whoever is invited by his
 * address makes his account on Plex's own page, with his own password. plex.tv limits it and may ask for a captcha.
 * @throws PlexError `rejected`; its `details` name the fields
 */
export function createAccount(http: PlexHttp, { email, username, password }: NewAccount): Promise<string> {
  return inFirstWorkingForm(http.baseUrl, [
    {
      name: 'v2 new account',
      ask: async () =>
        readAnswer(
          await http.send({
            method: 'POST',
            route: '/api/v2/users',
            anonymous: true,
            form: { email, username, password },
          }),
          signedIn,
        ),
    },
    {
      name: 'v1 new account',
      ask: async () =>
        readAnswer(
          await http.send({
            method: 'POST',
            route: '/users',
            anonymous: true,
            form: {
              'user[email]': email,
              'user[username]': username,
              'user[password]': password,
              'user[password_confirmation]': password,
            },
          }),
          signedIn,
        ),
    },
  ])
}

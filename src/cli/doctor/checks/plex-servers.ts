import { label } from '../../../discord/text.ts'
import type { Server } from '../../../plex/api/servers.ts'
import type { ServerProblem } from '../../../plex/find-server.ts'
import { defineCheck, type Finding, fine, note, trouble } from '../check.ts'
import { eachSignIn } from '../each-sign-in.ts'
import type { Examination } from '../examination.ts'
import { findWanted, type SignIn } from '../plex-readings.ts'

/** Each connected server belongs to the account that it is connected by, and is switched on. */
export default defineCheck({
  title: 'Plex servers',
  async run(examined) {
    const signIns = await eachSignIn(examined)
    if (!signIns.ok) return [signIns.problem]
    if (signIns.value.length === 0) return [fine('none is connected yet')]
    const found = await Promise.all(
      signIns.value.map(({ signIn, name }) => judgedAll(examined, signIn, name)),
    )
    return found.flat()
  },
})

async function judgedAll({ plex }: Examination, signIn: SignIn, name: string): Promise<Finding[]> {
  const { servers } = await plex.account(signIn)
  if (!servers.ok) return [await plex.notRead(servers.problem)]
  if (!servers.value.some(({ owned }) => owned)) {
    return [
      trouble(
        `${name}: the account owns no Plex server, and only an owner can share one`,
        signIn.of.is === 'environment'
          ? 'Put the token of the account that owns the server into PLEX_TOKEN, and start the bot again.'
          : 'In that Discord server: `/setup plex`, and sign in with the account that owns the server.',
      ),
    ]
  }
  if (signIn.wanted.length === 0) {
    return [note(`${name}: no server is chosen`, 'In that Discord server: `/setup server`.')]
  }
  return signIn.wanted.map(({ asked, name: called }) => {
    const found = findWanted(servers.value, asked)
    return found.ok ? judged(name, found.value) : notFound(name, label(called, asked), found.problem, signIn)
  })
}

function judged(name: string, { name: called, isOnline, id }: Server): Finding {
  const server = label(called, id)
  if (isOnline === false) {
    return trouble(
      `${name}: ${server} is off, or cut off from plex.tv; sharing works, watching does not`,
      `Start Plex Media Server on its machine, and look in its *Settings → Remote Access* that it is signed in.`,
    )
  }
  const state = isOnline ? 'and is on' : 'and plex.tv does not say whether it is on'
  return fine(`${name}: ${server} belongs to the account ${state}`)
}

function notFound(name: string, called: string, why: ServerProblem, { of }: SignIn): Finding {
  const next = (names: readonly string[]) =>
    of.is === 'environment'
      ? `Set PLEX_SERVER to one of these: ${names.join(', ')}.`
      : `In that Discord server: \`/setup server\`, and choose one of these: ${names.join(', ')}.`
  switch (why.kind) {
    case 'serverUnknown':
      return trouble(
        called === ''
          ? `${name}: the account owns several servers, and none is chosen`
          : `${name}: the account owns no server ${called}`,
        next(why.owned.map((each) => label(each, '?'))),
      )
    case 'serverNotOwned':
      return trouble(
        `${name}: ${called} is shared with the account and belongs to somebody else`,
        next(why.owned.map((each) => label(each, '?'))),
      )
    case 'serverAmbiguous':
      return trouble(
        `${name}: the account owns several servers called ${called}`,
        next(why.choices.map(({ id }) => id)),
      )
    default:
      return why satisfies never
  }
}

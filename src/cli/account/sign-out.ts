import { label } from '../../discord/text.ts'
import { readAccount } from '../../plex/api/account.ts'
import { signOut } from '../../plex/api/sign-in.ts'
import type { Asker, Say } from '../asker.ts'
import type { PlexAccess } from '../plex-access.ts'
import { plexProblemWords } from '../plex-words.ts'
import type { AccountSource } from './which-account.ts'

interface Ground {
  say: Say
  plex: PlexAccess
  /** `undefined`: he has said yes already. */
  asker: Asker | undefined
}

/** Ends the sign-in at plex.tv, after saying what stops working. What people have been given stays theirs. */
export async function signOutAccount(source: AccountSource, { say, plex, asker }: Ground): Promise<number> {
  const whose = await plex.ask(readAccount, source.token)
  if (!whose.ok && whose.problem.kind === 'unauthorised') {
    say(`plex.tv does not know this sign-in any more, so there is nothing to end.\n${howToGoOn(source)}`)
    return 0
  }
  if (!whose.ok) {
    say(`${plexProblemWords(whose.problem)} Nothing was ended.`)
    return 1
  }
  const { username, title, id } = whose.value
  const name = label(username || title || id, id)
  say(`This ends the bot's sign-in at Plex as ${name}.\n${whatStops(source)}`)
  if (asker && !(await asker.confirm(`Sign out ${name}?`, { usually: false }))) {
    say('Nothing was ended.')
    return 1
  }
  const out = await plex.ask(signOut, source.token)
  if (!out.ok && out.problem.kind !== 'unauthorised') {
    say(
      out.problem.mayHaveHappened
        ? `${plexProblemWords(out.problem)} It is not known whether it was ended: run this again, it does no harm.`
        : `${plexProblemWords(out.problem)} Nothing was ended.`,
    )
    return 1
  }
  say(`${name} is signed out.\n${howToGoOn(source)}`)
  return 0
}

function whatStops({ usedBy: { guildIds } }: AccountSource): string {
  const where =
    guildIds.length === 0
      ? 'No Discord server uses it.'
      : `For the Discord ${guildIds.length === 1 ? 'server' : 'servers'} ${guildIds.join(', ')} the bot can then neither share, change nor end access, and sees nothing of Plex.`
  return `${where} Whoever has access keeps it; end dates wait, and what is asked of the bot is kept until somebody signs in again.`
}

function howToGoOn({ usedBy }: AccountSource): string {
  return [
    ...(usedBy.environment
      ? [
          'PLEX_TOKEN is of no use any more: npm run setup signs in anew and puts in another, then restart the bot.',
        ]
      : []),
    ...(usedBy.connectedGuildIds.length > 0
      ? [
          `In the Discord server ${usedBy.connectedGuildIds.join(', ')}: /setup plex there signs in again; its Plex servers stay chosen.`,
        ]
      : []),
  ].join('\n')
}

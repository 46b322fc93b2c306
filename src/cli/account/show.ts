import { label } from '../../discord/text.ts'
import { readAccount } from '../../plex/api/account.ts'
import { readServers } from '../../plex/api/servers.ts'
import type { Say } from '../asker.ts'
import type { PlexAccess } from '../plex-access.ts'
import { plexProblemWords } from '../plex-words.ts'
import { type AccountFacts, accountFacts } from './account-facts.ts'
import type { AccountSource } from './which-account.ts'

export async function showAccount(
  { token, linkedAt }: AccountSource,
  { say, plex, json }: { say: Say; plex: PlexAccess; json: boolean },
): Promise<number> {
  const asked = await plex.ask(async (http) => {
    const account = await readAccount(http)
    return accountFacts(account, await readServers(http), linkedAt)
  }, token)
  if (!asked.ok) {
    const words = plexProblemWords(asked.problem)
    say(json ? JSON.stringify({ problem: asked.problem.kind, words }) : words)
    return 1
  }
  say(json ? JSON.stringify(asked.value, null, 2) : table(asked.value))
  return 0
}

function table(facts: AccountFacts): string {
  const { subscription, home, security } = facts
  const rows: [string, string | undefined][] = [
    ['User name', shown(facts.username)],
    ['Name', facts.title === facts.username ? undefined : shown(facts.title)],
    ['Friendly name', shown(facts.friendlyName)],
    ['E-mail', withNote(shown(facts.email), facts.emailConfirmed === false && 'not confirmed')],
    ['Id', `${facts.id}${facts.uuid ? ` (${shown(facts.uuid)})` : ''}`],
    ['Since', day(facts.since)],
    ['Country', shown(facts.country)],
    ['Language', shown(facts.language)],
    ['Plex Pass', yesOrNo(facts.plexPass)],
    ['Subscription', subscriptionWords(subscription)],
    ['Features', shown(subscription.features.join(', '))],
    ['Plex Home', homeWords(home)],
    ['Home PIN', home.hasPin === undefined ? undefined : home.hasPin ? 'set' : 'not set'],
    ['Password', security.hasPassword === false ? 'none' : undefined],
    [
      'Two-factor',
      withNote(yesOrNo(security.twoFactor), security.backupCodes === true && 'with backup codes'),
    ],
    ['Restricted', yesOrNo(facts.restricted)],
    ['Roles', shown(facts.roles.join(', '))],
    ['Entitlements', shown(facts.entitlements.join(', '))],
    ['Connected', facts.connectedSince === undefined ? undefined : `since ${day(facts.connectedSince)}`],
  ]
  const lines = rows.flatMap(([name, value]) => (value ? [`${`${name}:`.padEnd(15)}${value}`] : []))
  const servers = facts.servers.map(
    ({ id, name, owned }) => `  ${owned ? 'own   ' : 'shared'}  ${label(name, id)}  ${id}`,
  )
  return [...lines, servers.length > 0 ? 'Servers:' : 'Servers:       none', ...servers].join('\n')
}

/** plex.tv's text in a terminal; nothing where there is none. */
const shown = (text: string | undefined) => (text ? label(text, '') : undefined)
const yesOrNo = (is: boolean | undefined) => (is === undefined ? 'not said' : is ? 'yes' : 'no')
const day = (instant: string | undefined) => instant?.slice(0, 10)
const withNote = (value: string | undefined, note: string | false) =>
  value && note ? `${value} (${note})` : value

function subscriptionWords({ active, status, plan, since }: AccountFacts['subscription']): string {
  const name = shown(plan) ?? 'none'
  const details = [active ? 'active' : shown(status?.toLowerCase()), since && `since ${day(since)}`]
  const words = details.filter(Boolean).join(', ')
  return words === '' ? name : `${name} (${words})`
}

function homeWords({ isMember, isAdmin, isGuest, size, most }: AccountFacts['home']): string | undefined {
  if (!isMember) return isMember === undefined ? undefined : 'none'
  const role = isAdmin ? 'admin' : isGuest ? 'guest' : 'member'
  return `${size ?? '?'} of ${most ?? '?'} places, ${role}`
}

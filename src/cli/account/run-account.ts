import { parseArgs } from 'node:util'
import { describeProblems, type Environment, readSetting } from '../../config.ts'
import type { Clock } from '../../lib/clock.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import { type Asker, Cancelled, type Say } from '../asker.ts'
import { readInstallation } from '../installation.ts'
import { plexAccess } from '../plex-access.ts'
import { createAccount } from './create.ts'
import { showAccount } from './show.ts'
import { signOutAccount } from './sign-out.ts'
import { whichAccount } from './which-account.ts'

export interface AccountGround {
  /** With what `.env` adds. */
  environment: Environment
  /** `undefined` where there is no terminal to ask in. */
  asker: Asker | undefined
  say: Say
  clock: Clock
}

const usage = `npm run account -- <what>

  show        the Plex account that the bot works with, and its servers   --json
  create      makes a Plex account for somebody; asks for what it needs
  sign-out    ends the bot's sign-in at Plex, after asking                --yes

The account is the one of PLEX_TOKEN or, with --guild <id of the Discord server>, the one that /setup connected
there; --account <name or id> says which, where there are several. Neither tokens nor PINs are shown.
For a program: npm run --silent account -- show --json`

/** Returns the exit code: 0 where it was done, 2 where it was not understood, 130 where the person stopped it. */
export async function runAccount(args: readonly string[], ground: AccountGround): Promise<number> {
  const { say } = ground
  const asked = readArguments(args)
  if (!asked.ok) {
    say(asked.problem === '' ? usage : `${asked.problem}\n\n${usage}`)
    return asked.problem === '' ? 0 : 2
  }
  const { what, json, yes, guild, account } = asked.value
  const { asker } = ground
  if (!asker && (what === 'create' || (what === 'sign-out' && !yes))) {
    say(
      what === 'create'
        ? 'This asks for a password, and here is no terminal to ask in. Run it in one, or make the account at https://www.plex.tv/sign-up/.'
        : 'This asks before it ends anything, and here is no terminal to ask in. Run it in one, or with --yes.',
    )
    return 2
  }
  // What is missing is said before a store is made for nothing.
  const present = readSetting('PLEX_TOKEN', ground.environment)
  if (!present.ok) return refuse(say, describeProblems(present.problem))
  const apiUrl = readSetting('PLEX_API_URL', ground.environment)
  if (!apiUrl.ok) return refuse(say, describeProblems(apiUrl.problem))
  const installation = await readInstallation(ground.environment)
  if (!installation.ok) return refuse(say, installation.problem)
  const plex = plexAccess({
    clientIdentifier: installation.value.clientIdentifier,
    baseUrl: apiUrl.value,
    clock: ground.clock,
  })
  try {
    if (what === 'create') return asker ? await createAccount({ asker, say, plex }) : 2
    const source = whichAccount(ground.environment, installation.value, { guild, account })
    if (!source.ok) return refuse(say, source.problem)
    if (what === 'show') return await showAccount(source.value, { say, plex, json })
    return await signOutAccount(source.value, { say, plex, asker: yes ? undefined : asker })
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    say('Stopped. Nothing was changed.')
    return 130
  }
}

interface Asked {
  what: 'show' | 'create' | 'sign-out'
  json: boolean
  yes: boolean
  guild: string | undefined
  account: string | undefined
}

/** The problem is what was not understood, or empty where only help was wanted. */
function readArguments(args: readonly string[]): Result<Asked, string> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        guild: { type: 'string' },
        account: { type: 'string' },
      },
    })
    const [what, ...more] = positionals
    if (values.help || what === undefined || what === 'help') return problem('')
    if (what !== 'show' && what !== 'create' && what !== 'sign-out') return problem(`There is no "${what}".`)
    if (more.length > 0) return problem(`"${more.join(' ')}" is too much: ${what} takes only options.`)
    const { json, yes, guild, account } = values
    return ok({ what, json, yes, guild, account })
  } catch (error) {
    // Node's own sentence for a person; anything else is a bug.
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      return problem(error.message)
    }
    throw error
  }
}

function refuse(say: Say, text: string): number {
  say(text)
  return 1
}

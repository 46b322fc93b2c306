import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { ok, problem, type Result } from '../lib/result.ts'
import type { PeerRow } from '../sharing/peer-row.ts'
import { readName } from './names.ts'
import type { Peer, PeerProblem, UnreadableRow } from './peer.ts'
import { fileProblem } from './quiet-copy.ts'

/** @see docs/migration/plexfriends.md */
export const plexfriends: Peer = {
  title: 'Discord-PlexFriends',
  file: 'config/members.json',
  async read(file) {
    const members = await readJson(file, membersJson)
    if (!members.ok) return members
    const trial = await readEnds(join(dirname(file), 'trial.json'))
    if (!trial.ok) return trial
    const subscription = await readEnds(join(dirname(file), 'subscription.json'))
    if (!subscription.ok) return subscription
    const entries = Object.entries(members.value)
    if (entries.length === 0) {
      return problem({
        kind: 'noRows',
        what: `${file} holds nobody.`,
        next: 'Look for the members.json that Discord-PlexFriends really uses: it lies beside its config.json.',
      })
    }
    const rows: PeerRow[] = []
    const unreadable: UnreadableRow[] = []
    for (const [index, [memberId, email]] of entries.entries()) {
      const at = `member ${index + 1}`
      const who = readName(email)
      const end = endOf(memberId, trial.value, subscription.value)
      if ('because' in who) unreadable.push({ at, name: `${memberId} ${email}`.trim(), ...who })
      else if (end === 'unreadable')
        unreadable.push({ at, name: `${memberId} ${email}`, because: 'its end is no moment in time' })
      else rows.push({ at, memberId, who, ...end })
    }
    return ok({ writtenBy: 'Discord-PlexFriends, any version up to 0.0.13', rows, unreadable, leftOut: [] })
  },
}

/** Member ids and addresses. */
const membersJson = z.record(z.string(), z.string())
/** Member ids and seconds since 1970; 0 where the time is over and the access was taken away. */
const endsJson = z.record(z.string(), z.number())
type Ends = z.infer<typeof endsJson>

/**
 * A trial and a subscription each end by themselves there. The later one counts: nobody shall lose what he has paid
 * for because his trial was not over.
 */
function endOf(memberId: string, trial: Ends, subscription: Ends) {
  const each = [
    { note: 'trial', seconds: trial[memberId] ?? 0 },
    { note: 'subscription', seconds: subscription[memberId] ?? 0 },
  ].filter(({ seconds }) => seconds !== 0)
  const [last] = each.sort((a, b) => b.seconds - a.seconds)
  if (!last) return {}
  const endsAt = new Date(last.seconds * 1000)
  return Number.isNaN(endsAt.getTime()) || last.seconds < 0 ? 'unreadable' : { endsAt, note: last.note }
}

/** It is there only where trials or subscriptions are used. */
async function readEnds(file: string): Promise<Result<Ends, PeerProblem>> {
  const read = await readJson(file, endsJson)
  return !read.ok && read.problem.kind === 'missing' ? ok({}) : read
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<Result<T, PeerProblem>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    return problem(fileProblem(error, file))
  }
  const name = basename(file)
  if (text.startsWith('SQLite format 3')) {
    return problem({
      kind: 'notJson',
      what: `${file} is a SQLite database and no JSON.`,
      next: `Of Membarr, Invitarr or Wizarr? Use its name: npm run import -- membarr ${file} --preview`,
    })
  }
  if (text.trim() === '') {
    return problem({
      kind: 'empty',
      what: `${file} is empty. Discord-PlexFriends empties its files before it writes them, and was stopped in between.`,
      next: `Put a backup of ${name} in its place.`,
    })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    const looksCutOff = /^\s*\{/u.test(text)
    return problem({
      kind: looksCutOff ? 'damaged' : 'notJson',
      what: looksCutOff
        ? `${file} is cut off or damaged: it begins as JSON and does not end as such. Nothing was taken from it.`
        : `${file} is no JSON.`,
      next: looksCutOff
        ? `Stop Discord-PlexFriends and run this again, or put a backup of ${name} in its place.`
        : 'Name the members.json of Discord-PlexFriends: it lies beside its config.json.',
    })
  }
  const parsed = schema.safeParse(json)
  return parsed.success ? ok(parsed.data) : problem(otherShape(file, json))
}

function otherShape(file: string, json: unknown): PeerProblem {
  const isTimes = endsJson.safeParse(json).success
  const isConfig = z.looseObject({ bot_token: z.string() }).safeParse(json).success
  if (isTimes || isConfig) {
    return {
      kind: 'otherProgram',
      what: `${file} is Discord-PlexFriends' ${isConfig ? 'config.json' : 'trial.json or subscription.json'}, not its list of people.`,
      next: `Name the list, which lies beside it: npm run import -- plexfriends ${join(dirname(file), 'members.json')} --preview`,
    }
  }
  return {
    kind: 'unknownVersion',
    what: `${file} is of no version of Discord-PlexFriends that I know: it is not an object of member ids and what belongs to them.`,
    next: 'Is it the right file? Its form: docs/migration/plexfriends.md',
  }
}

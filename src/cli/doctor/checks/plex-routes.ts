import { defineCheck, type Finding, fine, note, trouble } from '../check.ts'
import { eachSignIn } from '../each-sign-in.ts'
import type { Examination } from '../examination.ts'
import { isGone, type SignIn } from '../plex-readings.ts'

/** plex.tv takes ways of asking away, without notice. Each reading of the bot's is tried once; nothing is written. */
export default defineCheck({
  title: 'Ways of asking plex.tv',
  async run(examined) {
    const signIns = await eachSignIn(examined)
    if (!signIns.ok) return [signIns.problem]
    if (signIns.value.length === 0) return [fine('none is asked in yet')]
    const tried = await Promise.all(signIns.value.map(({ signIn }) => tryAll(examined, signIn)))
    const found = distinct(tried.flatMap(({ found }) => found))
    const isWorking = found.every(({ is }) => is !== 'problem')
    const retired = examined.plex.retired()
    if (retired.length > 0 && isWorking) {
      found.push(
        note(
          `plex.tv has retired: ${retired.join(', ')}. Usherr asks in an older way, which still answers`,
          adviceForUpdate,
        ),
      )
    }
    if (found.length > 0) return found
    return [fine(`each of ${tried[0]?.count ?? 0} readings is answered in its newest form`)]
  },
})

async function tryAll({ plex }: Examination, signIn: SignIn): Promise<{ found: Finding[]; count: number }> {
  const reads = await plex.reads(signIn)
  if (!reads.ok) return { found: [reads.problem], count: 0 }
  const found = await Promise.all(
    reads.value.read.map(async ({ what, outcome, isLastResort }): Promise<Finding[]> => {
      if (outcome.ok) return []
      if (!isGone(outcome.problem)) return [await plex.notRead(outcome.problem)]
      const says = `plex.tv no longer answers in any way that Usherr knows when asked for ${what}`
      return [
        isLastResort
          ? note(`${says}; they are a last resort only`, adviceForUpdate)
          : trouble(says, adviceForUpdate),
      ]
    }),
  )
  return { found: found.flat(), count: reads.value.read.length }
}

const adviceForUpdate =
  'Look for a newer version of Usherr: `git pull && npm ci`, then start it again. If there is none, report it.'

function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Map(findings.map((each) => [JSON.stringify(each), each]))
  return [...seen.values()]
}

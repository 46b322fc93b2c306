import type { Settled } from '../../sharing/use-cases/settled.ts'
import { moment, relative } from '../text.ts'
import { because } from './describe.ts'
import { capitalised } from './refusal.ts'

type Unsettled = Exclude<Settled, { outcome: 'done' | 'refused' }>

/** Where a decision stands that plex.tv has not confirmed. `deed` is the verb: "invite **mira**". */
export function unsettledWords(settled: Unsettled, deed: string, librariesReadAt?: Date): string {
  switch (settled.outcome) {
    case 'queued':
      return `${capitalised(because(settled.because))}, so nothing has been sent. I have kept the wish to ${deed} and will try again ${relative(settled.nextTry)}; you get a message when it is settled. Nobody needs to repeat it.${listWords(librariesReadAt)}`
    case 'unclear':
      return `${capitalised(because(settled.because))}, so it is unclear whether it worked: I asked plex.tv to ${deed}. I will look ${relative(settled.nextLook)} and finish it only if it is not done; you get a message then. Please do not repeat it until then.`
    case 'parked':
      return `I could not ${deed}: ${because(settled.because)}. I have stopped trying. Look at it in the Plex web app, or run the command again.`
    case 'overtaken':
      return `Somebody decided something newer about the same person while I was about to ${deed}; the newest decision counts. Look with \`/users\`.`
    default:
      return settled satisfies never
  }
}

/** What was decided went by an older list of libraries. */
const listWords = (readAt: Date | undefined) =>
  readAt === undefined
    ? ''
    : ` I went by the libraries as I read them on ${moment(readAt)}; before anything is sent I look whether they are still there.`

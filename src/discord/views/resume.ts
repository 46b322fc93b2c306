import type { Refusal } from '../../sharing/refusal.ts'
import type { ResumeQuestion } from '../../sharing/use-cases/resume.ts'
import type { SyncPreview } from '../../sharing/use-cases/sync.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { count, plain, relative } from '../text.ts'
import { button, buttons, danger, dismissButton } from './buttons.ts'
import { observingWords } from './observing.ts'
import { refusalView } from './refusal.ts'
import { differenceWords } from './sync.ts'

/** So many differences are told of each server; `/sync` has the rest. */
const mostShown = 5

type Asked = ResumeQuestion | { outcome: 'goesOn' | 'resumed' } | Refusal

export function resumeView(result: Asked, seesEmails: boolean): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'goesOn':
      return {
        content: 'There is nothing to confirm here: I go on as usual. Nothing was changed just now.',
        components: [],
      }
    case 'resumed':
      return {
        content:
          'Confirmed: from now on I go on as usual. What was decided before the backup and not confirmed by plex.tv is looked up before anything is sent. Settle the differences with `/sync`.',
        components: [],
      }
    case 'confirmResume':
      return question(result, seesEmails)
    default:
      return result satisfies never
  }
}

function question({ restored, compared, unconfirmed, ended }: ResumeQuestion, seesEmails: boolean): Reply {
  const isFoundOut = compared.length > 0 && compared.every(({ outcome }) => outcome === 'sync')
  return {
    content: [
      `Go on with these records? ${capitalised(observingWords(restored))}`,
      ...compared.flatMap((each) => comparedWords(each, seesEmails)),
      ...(compared.length === 0
        ? ['No Plex server is connected here, so there was nothing to compare.']
        : []),
      ...(unconfirmed > 0
        ? [
            `• ${count(unconfirmed, 'decision', 'decisions')} of the backup had not been confirmed by plex.tv. I look first, and then carry out what is not done.`,
          ]
        : []),
      ...(ended > 0
        ? [
            `• ${count(ended, 'end date has', 'end dates have')} come since. That access is ended once you resume; where it is many at once, I ask first.`,
          ]
        : []),
      'Nothing of this is changed by confirming; `/sync` settles the differences afterwards.',
    ].join('\n'),
    components: [
      buttons(
        danger(
          isFoundOut ? 'Resume' : 'Resume all the same',
          routes.resumeConfirm.id({ restore: restored.id }),
        ),
        button('Compare again', routes.resumeAsk.id({})),
        dismissButton('Not yet'),
      ),
    ],
  }
}

function comparedWords(result: SyncPreview | Refusal, seesEmails: boolean): string[] {
  if (result.outcome === 'refused') {
    return [`• I could not compare with plex.tv: ${refusalView(result).content}`]
  }
  const { serverName, items, readAt } = result
  const found = items.length === 0 ? 'nothing differs' : count(items.length, 'difference', 'differences')
  const more = items.length - mostShown
  return [
    `• **${plain(serverName)}**, compared with plex.tv ${relative(readAt)}: ${found} from the backup.`,
    ...items.slice(0, mostShown).map((item) => `  - ${differenceWords(item, result, { seesEmails })}`),
    ...(more > 0 ? [`  - and ${more} more`] : []),
  ]
}

const capitalised = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

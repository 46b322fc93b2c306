import type { Restored } from '../../sharing/observation.ts'
import type { Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { moment, relative } from '../text.ts'
import { buttons, primary } from './buttons.ts'

/** Why the bot only looks on: the end of a sentence, and one of its own. */
export const observingWords = ({ at, backupAt }: Restored) =>
  `my records were restored from a backup ${relative(at)}. It was made ${moment(backupAt)}, and I know nothing of what was done since, so until that is confirmed I change nothing at plex.tv and decide nothing.`

export const resumeRow = (): Row => buttons(primary('Resume', routes.resumeAsk.id({})))

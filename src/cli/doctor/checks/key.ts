import { defineCheck, type Finding, fine, note, trouble } from '../check.ts'
import { inOctal, isForOthers } from '../file-mode.ts'
import { isOfKey, type Keys } from '../store-readings.ts'

/** The key of everything that is stored: there, private, and the one that the rows were sealed with. */
export default defineCheck({
  title: 'Key of the store',
  async run({ store }) {
    const [keys, opening] = await Promise.all([store.keys(), store.opening()])
    if (!keys.ok) return [keys.problem]
    const found = modeOf(keys.value)
    if (!opening.ok) return [...found, opening.problem]
    const opened = opening.value
    if (!opened.ok) {
      const { what, next } = opened.problem
      const whether = isOfKey(opened.problem)
        ? trouble(what, next)
        : {
            is: 'unknown' as const,
            what: 'whether it fits could not be tried',
            because: 'store',
          }
      return [...found, whether]
    }
    if (keys.value.from === 'nowhere') return [fine(`none yet: the first start makes ${keys.value.path}`)]
    found.push(...severalOf(keys.value))
    if (found.length > 0) return found
    const where = keys.value.from === 'environment' ? 'ENCRYPTION_KEY' : keys.value.path
    return [fine(opened.value ? `${where} fits` : `${where} is there, and nothing is stored yet`)]
  },
})

function modeOf(keys: Keys): Finding[] {
  if (keys.from !== 'file' || !isForOthers(keys.mode)) return []
  return [
    trouble(
      `${keys.path} can be read or changed by other users of this machine (mode ${inOctal(keys.mode)})`,
      `Run \`chmod 600 ${keys.path}\`. If somebody may have read it: \`npm run keys -- rotate\`, with the bot stopped.`,
    ),
  ]
}

/** The first one seals. Where a rotation is over, only one is left. */
function severalOf(keys: Keys): Finding[] {
  if (keys.from === 'environment' && keys.keys.length > 1) {
    return [
      note(
        `ENCRYPTION_KEY holds ${keys.keys.length} keys, as for a rotation`,
        'When `npm run keys -- list` shows no rows under the older ones, take these out.',
      ),
    ]
  }
  if (keys.from === 'file' && keys.keys.ok && keys.keys.value.length > 1) {
    return [
      note(
        `${keys.path} holds ${keys.keys.value.length} keys: a rotation did not finish`,
        'Stop the bot and run `npm run keys -- rotate` again: it goes on where it stopped.',
      ),
    ]
  }
  return []
}

import { paced } from '../doing.ts'
import { median, ms, percentile } from '../numbers.ts'
import { startStage } from '../stage.ts'
import { atMost, informing, type Line } from '../table.ts'

/** Twenty keystrokes a second among 1,000 people. */
export async function autocomplete({ isQuick }: { isQuick: boolean }): Promise<Line[]> {
  const stage = await startStage({ people: 1_000 })
  const before = stage.plex.count()
  let keystroke = 0
  const took = await paced(isQuick ? 60 : 300, 50, async () => {
    keystroke += 1
    // Some find many, some find one, some find nobody.
    const typed = ['per', `person${keystroke}`, 'nobody of that name'][keystroke % 3] ?? ''
    const startedAt = performance.now()
    await stage.dora.autocomplete('revoke', { who: typed }, 'who')
    return performance.now() - startedAt
  })
  const asked = stage.plex.count() - before
  await stage.close()
  return [
    informing('Autocomplete, 20 a second, 1,000 people: median', ms(median(took))),
    atMost('Autocomplete, 20 a second, 1,000 people: 99 % within', percentile(took, 0.99), 15, ms),
    atMost('Autocomplete, 20 a second, 1,000 people: requests', asked, 0, String),
  ]
}

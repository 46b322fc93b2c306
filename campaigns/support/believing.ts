/**
 * Loaded by Node between `src/discord/interaction.ts` and the bot's process: takes the guard at the border out, so that
 * whatever Discord sends is believed to be of the shape that it should have.
 */
import type { LoadHook } from 'node:module'

const guard = 'interaction.safeParse(payload)'
const believing = '({ success: true, data: payload })'

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context)
  if (!url.split('?')[0]?.endsWith('/src/discord/interaction.ts')) return loaded
  const source = String(loaded.source)
  if (!source.includes(guard)) throw new Error('the guard at the border is not where it was')
  return { ...loaded, source: source.replace(guard, believing) }
}

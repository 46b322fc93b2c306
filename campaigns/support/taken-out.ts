/**
 * Loaded by Node between the sources and the bot's process, which stays as it is otherwise: takes one guard out of it, to
 * see that the checks notice. Where a guard is no longer where it was, the process does not start.
 */
import type { LoadHook } from 'node:module'

export type TakenOut = keyof typeof guards

/** Which file, what stands there once it is compiled, and what stands there instead. */
const guards = {
  /** What Discord sends is believed to be of the shape that it should have. */
  reading: [
    [
      '/src/discord/interaction.ts',
      /interaction\.safeParse\(payload\)/u,
      '({ success: true, data: payload })',
    ],
  ],
  /** Everybody is shown addresses, and none is masked. */
  masking: [
    [
      '/src/sharing/use-cases/ports.ts',
      /return\s*!\s*\(?await mayNot\([^;}]*see-emails[^;}]*/u,
      'return true',
    ],
    ['/src/discord/text.ts', /function maskedEmail\(email\)\s*\{/u, '$& return email;'],
  ],
  /** What people wrote is said as they wrote it, and Discord may ring for it. */
  treating: [
    ['/src/discord/text.ts', /function plain\([^)]*\)\s*\{/u, '$& return text;'],
    ['/src/discord/answers.ts', /\{\s*parse:\s*\[\]\s*\}/u, '{ parse: ["everyone", "roles", "users"] }'],
  ],
} as const

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context)
  // `switches.ts` registers this only where the name is one of these.
  const named = guards[process.env.TAKEN_OUT as TakenOut]
  const guard = named.find(([file]) => url.split('?')[0]?.endsWith(file))
  if (!guard) return loaded
  const [file, pattern, instead] = guard
  const source = String(loaded.source)
  if (!pattern.test(source)) throw new Error(`the guard in ${file} is not where it was`)
  return { ...loaded, source: source.replace(pattern, instead) }
}

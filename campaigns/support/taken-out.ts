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
  /** However many are to be taken away at once, nobody is asked. */
  brake: [['/src/sharing/brake.ts', /Math\.max\(3,\s*Math\.floor\(people\s*\/\s*10\)\)/u, 'Infinity']],
  /** A card is believed to hang wherever it is pressed. */
  cardPlace: [['/src/sharing/use-cases/review-request.ts', /const hangsThere\s*=/u, '$& true ||']],
  /** Nobody is asked whether a request is his own. */
  ownRequest: [
    ['/src/sharing/use-cases/review-request.ts', /async function isOwn\([^)]*\)\s*\{/u, '$& return false;'],
  ],
  /** Everybody may everything. */
  rights: [
    ['/src/sharing/use-cases/ports.ts', /if\s*\(may\(actor,\s*capability,\s*bindings\)\)/u, 'if (true)'],
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

import { defineCheck, type Finding, fine, trouble, unknown } from '../check.ts'

/** End dates, the ten minutes of an undo and certificates are all reckoned by the own clock. */
const toleranceMs = 60_000

/** The own clock against the `Date` of what Discord and plex.tv answer. */
export default defineCheck({
  title: 'Own clock',
  async run({ knocks }) {
    const [discord, plex] = await Promise.all([knocks.discord(), knocks.plex()])
    const knocked = [...(discord.ok ? [discord.value] : []), ...(plex.ok ? plex.value : [])]
    const compared = knocked.flatMap((each) =>
      each.isAnswered && each.aheadMs !== undefined ? { host: each.host, aheadMs: each.aheadMs } : [],
    )
    // A proxy may give an old answer again, but none gives one of tomorrow: the nearest one counts.
    const [nearest] = compared.sort((a, b) => Math.abs(a.aheadMs) - Math.abs(b.aheadMs))
    if (!nearest) return [unknown('nobody answered with a time to compare with')]
    return [judged(nearest)]
  },
})

function judged({ host, aheadMs }: { host: string; aheadMs: number }): Finding {
  if (Math.abs(aheadMs) <= toleranceMs) {
    return fine(`right to ${toleranceMs / 1000} s, which is near enough (compared with ${host})`)
  }
  const way = aheadMs > 0 ? 'ahead' : 'behind'
  return trouble(
    `this machine's clock is ${inWords(Math.abs(aheadMs))} ${way} (compared with ${host}); up to ${toleranceMs / 1000} s is near enough`,
    'Let the system set its clock: `sudo timedatectl set-ntp true` on Linux; in a container it is the clock of the host.',
  )
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}

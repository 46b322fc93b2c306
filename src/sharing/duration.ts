const unitMs = { h: 3_600_000, d: 86_400_000, w: 604_800_000, m: 30 * 86_400_000, y: 365 * 86_400_000 }

/** Reads "12h", "30d", "2w", "3m", "1y" as milliseconds; `undefined` where it is none of these or not positive. */
export function readDuration(typed: string): number | undefined {
  const match = /^(\d{1,4})\s*(h|d|w|m|y)(?:ours?|ays?|eeks?|onths?|ears?)?$/iu.exec(typed.trim())
  const unit = match?.[2]?.toLowerCase()
  if (!match || !(unit === 'h' || unit === 'd' || unit === 'w' || unit === 'm' || unit === 'y'))
    return undefined
  const ms = Number(match[1]) * unitMs[unit]
  return ms > 0 ? ms : undefined
}

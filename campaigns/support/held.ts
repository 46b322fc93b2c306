import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process holds when all is quiet. */
export interface Held {
  heapBytes: number
  descriptors: number
  timers: number
}

setFlagsFromString('--expose-gc')
export const collectGarbage: () => void = runInNewContext('gc')

export function lookWhatIsHeld(): Held {
  collectGarbage()
  return {
    heapBytes: process.memoryUsage().heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  }
}

/** MiB that the heap grows by per 10,000, or so many: least squares, the first quarter left out for warming up. */
export function slopeOf(heaps: readonly { at: number; bytes: number }[], per = 10_000): number {
  const used = heaps.slice(Math.floor(heaps.length / 4))
  if (used.length < 3) return 0
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const at = mean(used.map((each) => each.at))
  const bytes = mean(used.map((each) => each.bytes))
  const above = used.reduce((sum, each) => sum + (each.at - at) * (each.bytes - bytes), 0)
  const below = used.reduce((sum, each) => sum + (each.at - at) ** 2, 0)
  return ((above / below) * per) / 2 ** 20
}

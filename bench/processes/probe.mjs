/**
 * Loaded before the bot, or before the bare client, by `--import`: answers the bench's questions over the IPC channel
 * and otherwise does nothing, so that both processes carry the same burden. Plain JavaScript, for Node 20 reads no
 * other.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** The delay is looked at so often; Node counts that time into every value it keeps. */
const everyMs = 1
let delay

const answers = {
  rss: () => process.memoryUsage.rss(),
  /** What the process has computed since its start, on all its threads, in microseconds. */
  cpu() {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  watchDelay() {
    delay ??= monitorEventLoopDelay({ resolution: everyMs })
    delay.reset()
    delay.enable()
    return 0
  },
  /** The longest time in which nothing else could run, in ms. */
  longestDelay() {
    delay.disable()
    return Math.max(0, delay.max / 1e6 - everyMs)
  },
  /** From now on it is so much later, for everything that asks what time it is. Timers go on as they do. */
  pass(ms) {
    ahead += ms
    globalThis.Date = LaterDate
    return 0
  },
}

let ahead = 0
const RealDate = Date
class LaterDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + ahead] : given))
  }
  static now() {
    return RealDate.now() + ahead
  }
}

process.on('message', ({ id, ask, value }) => process.send({ id, answer: answers[ask](value) }))
// A listener keeps the channel, and with it the process, alive.
process.channel?.unref()
// The bench was stopped: nobody would stop this one.
process.once('disconnect', () => process.exit(1))

/** Preloaded into a process that ends by itself: its last word, on descriptor 3, is what it has computed, in ms. */
import { writeSync } from 'node:fs'

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeSync(3, String((user + system) / 1000))
})

import { expect, onTestFinished, test } from 'vitest'
import { createGateway } from '../../src/discord/gateway.ts'
import { silentLog } from '../../src/lib/log.ts'
import { startPretendDiscord } from '../../src/sandbox/discord/index.ts'

test('a stop in the middle of a login comes to an end, and leaves no connection behind', async () => {
  const discord = await startPretendDiscord()
  onTestFinished(() => discord.close())
  const asked = () => discord.requests.filter(({ path }) => path.includes('/gateway/bot')).length
  for (let turns = 0; turns < 12; turns++) {
    const gateway = createGateway({ token: discord.token, apiUrl: discord.url, log: silentLog })
    const before = asked()
    gateway.start(() => {}).catch(() => {})
    await discord.until(() => (asked() > before ? true : undefined), 'the question for the gateway')
    // So many turns of the loop later it is connecting, connected, or greeted.
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    await gateway.stop()
  }
  await discord.until(() => (discord.connections() === 0 ? true : undefined), 'the last connection closed')
  expect(asked()).toBe(12)
}, 30_000)

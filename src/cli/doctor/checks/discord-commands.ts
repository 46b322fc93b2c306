import { commandNames } from '../../../discord/load.ts'
import { defineCheck, type Finding, fine, note, trouble } from '../check.ts'

/** What Discord shows in its menu is what this version can do. */
export default defineCheck({
  title: 'Commands in Discord',
  async run({ discord, store }) {
    const [registered, here] = await Promise.all([discord.commandNames(), commandNames()])
    if (!registered.ok) return [registered.problem]
    const missing = here.filter((name) => !registered.value.includes(name))
    const foreign = registered.value.filter((name) => !here.includes(name))
    if (missing.length === 0 && foreign.length === 0) return [fine(`all ${here.length} are registered`)]
    if (registered.value.length === 0) {
      const hasRegistered = await store.hasRegistered()
      if (hasRegistered.ok && !hasRegistered.value) {
        return [note('none is registered yet', 'The first start registers them: `npm start`.')]
      }
    }
    const found: Finding[] = []
    if (missing.length > 0) found.push(trouble(`not registered: ${inMenu(missing)}`, next))
    if (foreign.length > 0)
      found.push(trouble(`registered, and not of this version: ${inMenu(foreign)}`, next))
    return found
  },
})

const inMenu = (names: readonly string[]) => names.map((name) => `/${name}`).join(' ')
const next =
  'Start this version of the bot (`npm start`), and stop every other that runs with the same token.'

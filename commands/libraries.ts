import { defineCommand, option } from '../src/discord/define.ts'
import { changeView, librariesView } from '../src/discord/views/libraries.ts'

/** `/libraries`: what can be shared; with `who`, somebody's libraries to tick and untick. */
export default defineCommand({
  name: 'libraries',
  description: 'Show the libraries that can be shared, or change somebody’s',
  needs: 'request',
  options: {
    who: option.text('Whose libraries to change', {
      maxLength: 254,
      complete: ({ typed, actor, rules }) => rules.suggestPeople(actor, typed),
    }),
    server: option.server(),
  },
  async run({ actor, options: { who, ...options }, rules }) {
    if (who === undefined) return librariesView(await rules.listLibraries(actor, options))
    return changeView(await rules.askToChange(actor, { who, ...options }), await rules.seesEmails(actor))
  },
})

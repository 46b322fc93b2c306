import { defineCommand, option } from '../src/discord/define.ts'
import { auditView } from '../src/discord/views/audit.ts'

/** `/audit`: who did what, when and why. */
export default defineCommand({
  name: 'audit',
  description: 'Show who did what, when and why',
  needs: 'audit',
  options: {
    who: option.text('About whom', {
      maxLength: 254,
      complete: ({ typed, actor, rules }) => rules.suggestPeople(actor, typed),
    }),
    actor: option.member('Who did it'),
    since: option.text('How far back, for example 12h, 30d, 2w', { maxLength: 20 }),
  },
  run: async ({ actor, options, rules }) => auditView(await rules.readAudit(actor, options)),
})

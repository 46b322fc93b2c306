import { defineCommand, option, required } from '../src/discord/define.ts'
import { revokeQuestionView } from '../src/discord/views/revoke.ts'

/** `/revoke`: cancels a pending invitation or ends somebody's access, after a confirmation. */
export default defineCommand({
  name: 'revoke',
  description: 'End somebody’s access, or cancel a pending invitation',
  needs: 'revoke',
  options: {
    who: required.text('Who: choose from the list, or type an e-mail address or a Plex user name', {
      maxLength: 254,
      complete: ({ typed, actor, rules }) => rules.suggestPeople(actor, typed, { home: true }),
    }),
    mode: option.oneOf('Remove for good, or suspend and remember the libraries', ['remove', 'suspend']),
    server: option.server(),
    reason: option.text('Why; kept in the history', { maxLength: 200 }),
  },
  run: async ({ actor, options, rules }) =>
    revokeQuestionView(
      await rules.askToRevoke(actor, { mode: 'remove', ...options }),
      await rules.seesEmails(actor),
    ),
})

import { defineCommand, option } from '../src/discord/define.ts'
import { inviteView } from '../src/discord/views/invite.ts'

/** `/invite`: shares libraries with an e-mail address, a Plex user name, or a member. */
export default defineCommand({
  name: 'invite',
  description: 'Share libraries of the Plex server with somebody',
  needs: 'invite',
  options: {
    libraries: option.text(
      'Which libraries, separated by commas; a set; or "all"; without it, the usual ones',
      {
        complete: ({ typed, server, actor, rules }) => rules.suggestLibraries(actor, typed, server),
      },
    ),
    email: option.text('E-mail address or Plex user name', { maxLength: 254 }),
    member: option.member('A member of this Discord server'),
    server: option.server(),
    duration: option.text('How long, for example 12h, 30d, 2w; without it, until it is ended', {
      maxLength: 20,
    }),
    downloads: option.yesNo('Whether downloads are allowed'),
    reason: option.text('Why; kept in the history', { maxLength: 200 }),
  },
  run: async ({ id, actor, options, rules }) =>
    inviteView(
      await rules.invite(actor, { id, ...options }),
      options.email !== undefined || (await rules.seesEmails(actor)),
    ),
})

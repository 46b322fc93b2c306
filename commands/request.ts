import { defineCommand, option } from '../src/discord/define.ts'
import { requestView } from '../src/discord/views/requests.ts'

/** `/request`: a member asks for access for himself; reviewers decide. */
export default defineCommand({
  name: 'request',
  description: 'Ask for access to the Plex server',
  needs: 'request',
  options: {
    libraries: option.text('Which libraries, separated by commas; without it, the usual ones', {
      complete: ({ typed, server, actor, rules }) => rules.suggestLibraries(actor, typed, server),
    }),
    server: option.server(),
    note: option.text('What the reviewers should know; they all can read it', { maxLength: 300 }),
  },
  run: async ({ id, actor, options, rules }) =>
    requestView(await rules.requestAccess(actor, { id, ...options })),
})

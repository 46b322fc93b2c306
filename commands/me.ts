import { defineCommandWith, subcommand } from '../src/discord/define.ts'
import { exportView, forgetView, leaveQuestionView, ownStatusView } from '../src/discord/views/me.ts'

/** `/me`: one's own access and one's own data. Everybody may, for nobody else is touched by it. */
export default defineCommandWith({
  name: 'me',
  description: 'Your own access, and what I keep about you',
  subcommands: {
    status: subcommand({
      description: 'What you have, and which Plex account I know you by',
      needs: 'everybody',
      options: {},
      run: async ({ actor, rules }) => ownStatusView(await rules.ownStatus(actor)),
    }),
    leave: subcommand({
      description: 'Give your access back',
      needs: 'everybody',
      options: {},
      run: async ({ actor, rules }) => leaveQuestionView(await rules.askToLeave(actor)),
    }),
    export: subcommand({
      description: 'Get a file with everything that I keep about you',
      needs: 'everybody',
      options: {},
      run: async ({ actor, rules }) => exportView(await rules.exportOwnData(actor)),
    }),
    forget: subcommand({
      description: 'Have everything deleted that I keep about you',
      needs: 'everybody',
      options: {},
      run: async ({ actor, rules }) => forgetView(await rules.askToForget(actor)),
    }),
  },
})

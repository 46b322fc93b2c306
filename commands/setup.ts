import { defineCommandWith, option, subcommand } from '../src/discord/define.ts'
import { channelsView } from '../src/discord/views/setup-channels.ts'
import { setupCheckedView } from '../src/discord/views/setup-check.ts'
import { usualLibrariesView } from '../src/discord/views/setup-libraries.ts'
import { signInLater } from '../src/discord/views/setup-plex.ts'
import { levelRolesView } from '../src/discord/views/setup-roles.ts'
import { serversView } from '../src/discord/views/setup-server.ts'

/** `/setup`: the first run, in any order and as often as one likes; each step tries what it sets. */
export default defineCommandWith({
  name: 'setup',
  description: 'Connect Plex and say who may what, step by step',
  subcommands: {
    plex: subcommand({
      description: 'Step 1: sign in with the Plex account that owns the server',
      needs: 'settings',
      options: {},
      run: async ({ actor, rules }) => signInLater(await rules.beginPlexSignIn(actor), actor, rules),
    }),
    server: subcommand({
      description: 'Step 2: choose the Plex servers that are used here',
      needs: 'settings',
      options: {},
      run: async ({ actor, rules }) => serversView(await rules.askWhichServers(actor)),
    }),
    libraries: subcommand({
      description: 'Step 3: choose the libraries that are usually meant, and named sets',
      needs: 'settings',
      options: { server: option.server() },
      run: async ({ actor, options, rules }) =>
        usualLibrariesView(await rules.openUsualLibraries(actor, options)),
    }),
    roles: subcommand({
      description: 'Step 4: say which roles may what',
      needs: 'settings',
      options: {},
      run: async ({ actor, rules }) => levelRolesView(await rules.showLevelRoles(actor)),
    }),
    channels: subcommand({
      description: 'Step 5: choose the channels for requests and for the log',
      needs: 'settings',
      options: {},
      run: async ({ actor, rules }) => channelsView(await rules.showChannels(actor)),
    }),
    check: subcommand({
      description: 'Try everything that is set, and say what to do about what is not well',
      needs: 'settings',
      options: {},
      run: async ({ actor, rules }) => setupCheckedView(await rules.checkSetup(actor)),
    }),
  },
})

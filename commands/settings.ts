import { defineCommandWith, option, required, subcommand } from '../src/discord/define.ts'
import { settingsView } from '../src/discord/views/settings.ts'
import { levels } from '../src/sharing/policy.ts'

/** `/settings`: who may what, and named lists of libraries. */
export default defineCommandWith({
  name: 'settings',
  description: 'Who may what, and named sets of libraries',
  subcommands: {
    roles: subcommand({
      description: 'Give a role a level, or take it away',
      needs: 'settings',
      options: {
        role: required.role('The role; @everyone means every member'),
        level: required.oneOf('What the role may; "none" takes its level away', [...levels, 'none']),
      },
      run: async ({ actor, options: { role, level }, rules }) =>
        settingsView(await rules.setRoleLevel(actor, { roleId: role, level })),
    }),
    sets: subcommand({
      description: 'Keep a named set of libraries, or remove it by leaving the libraries out',
      needs: 'settings',
      options: {
        name: required.text('The name of the set, for example Family', { maxLength: 40 }),
        libraries: option.text('Its libraries, separated by commas', {
          complete: ({ typed, actor, rules }) => rules.suggestLibraries(actor, typed),
        }),
      },
      run: async ({ actor, options, rules }) => settingsView(await rules.setLibrarySet(actor, options)),
    }),
    show: subcommand({
      description: 'Show all settings',
      needs: 'settings',
      options: {},
      run: async ({ actor, rules }) => settingsView(await rules.showSettings(actor)),
    }),
  },
})

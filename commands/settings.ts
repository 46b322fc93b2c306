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
        review: option.yesNo('Whether what its members invite waits for a reviewer'),
        sets: option.text('Only these library sets may be granted, separated by commas; "any" lifts it', {
          maxLength: 300,
        }),
        per_week: option.number('How many grants a week each member of the role has; 0 lifts it', [0, 1_000]),
        longest: option.text('The longest time it may grant, for example 30d; "any" lifts it', {
          maxLength: 20,
        }),
      },
      run: async ({ actor, options: { role, per_week, ...options }, rules }) => {
        const perWeek = per_week === undefined ? {} : { perWeek: per_week }
        return settingsView(await rules.setRoleLevel(actor, { roleId: role, ...perWeek, ...options }))
      },
    }),
    channels: subcommand({
      description: 'Say where requests, and what happens, are shown',
      needs: 'settings',
      options: {
        reviewers: option.channel('The channel in which reviewers decide'),
        log: option.channel('The channel that shows what happens, a card for each person'),
        remove: option.oneOf('Show it nowhere any more', ['log']),
      },
      run: async ({ actor, options, rules }) => settingsView(await rules.setChannels(actor, options)),
    }),
    defaults: subcommand({
      description: 'How many must approve, and how often a member may ask',
      needs: 'settings',
      options: {
        approvals: option.number('How many reviewers must approve a request', [1, 10]),
        requests_per_day: option.number('How many requests a member may make within a day', [1, 100]),
      },
      run: async ({ actor, options: { requests_per_day, ...options }, rules }) => {
        const perDay = requests_per_day === undefined ? {} : { requestsPerDay: requests_per_day }
        return settingsView(await rules.setDefaults(actor, { ...options, ...perDay }))
      },
    }),
    sets: subcommand({
      description: 'Keep a named set of libraries, or remove it by leaving the libraries out',
      needs: 'settings',
      options: {
        name: required.text('The name of the set, for example Family', { maxLength: 40 }),
        libraries: option.text('Its libraries, separated by commas', {
          complete: ({ typed, server, actor, rules }) => rules.suggestLibraries(actor, typed, server),
        }),
        server: option.server(),
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

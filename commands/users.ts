import { defineCommand, option } from '../src/discord/define.ts'
import { searchable, usersView } from '../src/discord/views/users.ts'
import { peopleFilters } from '../src/sharing/use-cases/list-people.ts'

/** `/users`: everybody who has access, or is about to. */
export default defineCommand({
  name: 'users',
  description: 'Show who has access to the Plex server',
  needs: 'see-people',
  options: {
    filter: option.oneOf('Only some of them', peopleFilters),
    search: option.text('Part of a name', { maxLength: 20 }),
    server: option.server(),
  },
  async run({ actor, options: { search, ...options }, rules }) {
    const wish =
      search === undefined
        ? options
        : { ...options, search: searchable(search, options.server !== undefined) }
    return usersView(await rules.listPeople(actor, wish), { ...wish, page: 0 })
  },
})

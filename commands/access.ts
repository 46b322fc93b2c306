import { defineCommand, option, required } from '../src/discord/define.ts'
import { personView } from '../src/discord/views/person.ts'

/** `/access`: everything about one member's access, and what can be done about it. */
export default defineCommand({
  name: 'access',
  description: 'Show one member’s access, how it came about, and what can be done',
  needs: 'see-people',
  options: { member: required.member('A member of this Discord server'), server: option.server() },
  run: async ({ actor, options, rules }) =>
    personView(await rules.showPerson(actor, options), await rules.capabilitiesOf(actor)),
})

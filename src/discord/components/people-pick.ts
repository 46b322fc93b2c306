import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { personView } from '../views/person.ts'

export default defineComponent({
  route: routes.peoplePick,
  needs: 'see-people',
  answers: 'new',
  run: async ({ actor, values, rules }) =>
    personView(await rules.showPerson(actor, { who: values[0] ?? '' }), await rules.capabilitiesOf(actor)),
})

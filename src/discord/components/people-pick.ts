import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { personView } from '../views/users.ts'

export default defineComponent({
  route: routes.peoplePick,
  needs: 'see-people',
  answers: 'new',
  run: async ({ actor, values, rules }) => personView(await rules.listPeople(actor, {}), values[0] ?? ''),
})

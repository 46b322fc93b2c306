import { id, type PersonId } from '../../lib/ids.ts'
import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { restoredView } from '../views/undo.ts'

export default defineComponent({
  route: routes.restore,
  needs: 'revoke',
  answers: 'update',
  run: async ({ id: press, actor, params, rules }) =>
    restoredView(
      await rules.restore(actor, { id: press, personId: id<PersonId>(params.person) }),
      await rules.seesEmails(actor),
    ),
})

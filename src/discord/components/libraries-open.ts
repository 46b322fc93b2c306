import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { changeView } from '../views/libraries.ts'

export default defineComponent({
  route: routes.librariesOpen,
  needs: 'change',
  answers: 'new',
  run: async ({ actor, params, rules }) =>
    changeView(await rules.askToChange(actor, { who: params.who }), await rules.seesEmails(actor)),
})

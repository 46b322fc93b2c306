import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { changeView } from '../views/libraries.ts'

export default defineComponent({
  route: routes.librariesChoose,
  needs: 'change',
  answers: 'update',
  async run({ actor, params, values, rules }) {
    const choice = { draftId: params.draft, part: Number(params.part), ticked: values }
    return changeView(await rules.chooseLibraries(actor, choice), await rules.seesEmails(actor))
  },
})

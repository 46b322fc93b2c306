import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { usualLibrariesView } from '../views/setup-libraries.ts'

export const nameField = 'name'

export default defineComponent({
  route: routes.setupSet,
  needs: 'settings',
  answers: 'update',
  async run({ actor, params, fields, rules }) {
    const press = { draftId: params.draft, name: fields[nameField] ?? '' }
    return usualLibrariesView(await rules.saveTickedAsSet(actor, press))
  },
})

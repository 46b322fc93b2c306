import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { usualLibrariesView } from '../views/setup-libraries.ts'

export default defineComponent({
  route: routes.setupLibrariesTick,
  needs: 'settings',
  answers: 'update',
  async run({ actor, params, values, rules }) {
    const press = { draftId: params.draft, part: Number(params.part), ticked: values }
    return usualLibrariesView(await rules.tickUsualLibraries(actor, press))
  },
})

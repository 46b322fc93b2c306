import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { usualLibrariesView } from '../views/setup-libraries.ts'

export default defineComponent({
  route: routes.setupLibrariesSave,
  needs: 'settings',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    usualLibrariesView(await rules.saveUsualLibraries(actor, { draftId: params.draft })),
})

import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { signInView } from '../views/setup-plex.ts'

export default defineComponent({
  route: routes.setupPlexCheck,
  needs: 'settings',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    signInView(await rules.checkPlexSignIn(actor, { draftId: params.draft })),
})

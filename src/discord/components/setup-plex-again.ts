import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { signInLater } from '../views/setup-plex.ts'

export default defineComponent({
  route: routes.setupPlexAgain,
  needs: 'settings',
  answers: 'update',
  run: async ({ actor, rules }) => signInLater(await rules.beginPlexSignIn(actor), actor, rules),
})

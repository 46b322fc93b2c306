import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { serversView } from '../views/setup-server.ts'

export default defineComponent({
  route: routes.setupServersChoose,
  needs: 'settings',
  answers: 'update',
  run: async ({ actor, values, rules }) =>
    serversView(await rules.chooseServers(actor, { serverIds: values })),
})

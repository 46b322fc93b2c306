import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { syncView } from '../views/sync.ts'

export default defineComponent({
  route: routes.syncPage,
  needs: 'audit',
  answers: 'update',
  async run({ actor, params, rules }) {
    const wish = {
      all: params.all === 'all',
      page: Number(params.page) || 0,
      ...(params.server ? { server: params.server } : {}),
    }
    return syncView(await rules.previewSync(actor, wish), {
      ...wish,
      seesEmails: await rules.seesEmails(actor),
    })
  },
})

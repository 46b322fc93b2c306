import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { resumeView } from '../views/resume.ts'

export default defineComponent({
  route: routes.resumeConfirm,
  needs: 'settings',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    resumeView(await rules.resume(actor, { restoreId: params.restore }), await rules.seesEmails(actor)),
})

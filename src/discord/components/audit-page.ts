import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { auditView } from '../views/audit.ts'

export default defineComponent({
  route: routes.auditPage,
  needs: 'audit',
  answers: 'update',
  run: async ({ actor, params, rules }) =>
    auditView(await rules.rereadAudit(actor, { draftId: params.draft, page: Number(params.page) || 0 })),
})

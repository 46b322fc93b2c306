import { defineComponent } from '../define.ts'
import { routes } from '../routes.ts'
import { auditExportView } from '../views/audit.ts'

export default defineComponent({
  route: routes.auditExport,
  needs: 'audit',
  answers: 'new',
  run: async ({ actor, params, rules }) =>
    auditExportView(await rules.rereadAudit(actor, { draftId: params.draft, page: 0 })),
})

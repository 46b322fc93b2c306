import { route } from './custom-id.ts'

/** Everything that can be pressed, chosen or filled in; each has its file in `components/`. */
export const routes = {
  revokeConfirm: route('revoke-confirm', 'draft'),
  dismiss: route('dismiss'),
  librariesChoose: route('libraries-choose', 'draft', 'part'),
  librariesSave: route('libraries-save', 'draft'),
  librariesOpen: route('libraries-open', 'who'),
  peoplePage: route('people-page', 'filter', 'page', 'search'),
  peoplePick: route('people-pick'),
  revokeOpen: route('revoke-open', 'who'),
  syncPage: route('sync-page', 'page', 'all'),
  syncSettle: route('sync-settle', 'draft', 'at', 'remedy'),
  syncLetGo: route('sync-let-go', 'draft', 'what'),
  auditPage: route('audit-page', 'draft', 'page'),
  auditExport: route('audit-export', 'draft'),
  accountAsk: route('account-ask', 'guild', 'draft'),
  accountAnswer: route('account-answer', 'guild', 'draft'),
}

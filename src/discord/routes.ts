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
  accountAsk: route('account-ask', 'guild', 'draft'),
  accountAnswer: route('account-answer', 'guild', 'draft'),
  requestAccountAsk: route('request-account-ask', 'draft'),
  requestAccount: route('request-account', 'draft'),
  requestWithdraw: route('request-withdraw', 'request'),
  requestReplyAsk: route('request-reply-ask', 'guild', 'request'),
  requestReply: route('request-reply', 'guild', 'request'),
  reviewApprove: route('review-approve', 'request'),
  reviewChanges: route('review-changes', 'request'),
  reviewLibraries: route('review-libraries', 'draft', 'part'),
  reviewDuration: route('review-duration', 'draft'),
  reviewSave: route('review-save', 'draft'),
  reviewDenyAsk: route('review-deny-ask', 'request'),
  reviewDeny: route('review-deny', 'request'),
  reviewQuestionAsk: route('review-question-ask', 'request'),
  reviewQuestion: route('review-question', 'request'),
}

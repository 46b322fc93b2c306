import { answerAccount } from './use-cases/ask-for-account.ts'
import { answerReviewer, askRequester } from './use-cases/ask-requester.ts'
import { readAudit, rereadAudit } from './use-cases/audit.ts'
import { askToChange, changeLibraries, chooseLibraries } from './use-cases/change-libraries.ts'
import { askToForget, forget } from './use-cases/forget.ts'
import {
  setChannels,
  setDefaults,
  setLibrarySet,
  setRoleLevel,
  showSettings,
} from './use-cases/guild-settings.ts'
import { invite } from './use-cases/invite.ts'
import { askToLeave, leave } from './use-cases/leave.ts'
import { letGo } from './use-cases/let-go.ts'
import { listLibraries } from './use-cases/list-libraries.ts'
import { listPeople } from './use-cases/list-people.ts'
import { exportOwnData, ownStatus } from './use-cases/own-data.ts'
import { capabilitiesOf, mayNot, type Ports, seesEmails, settingsOf } from './use-cases/ports.ts'
import { requestAccess, requestWithAccount } from './use-cases/request-access.ts'
import { restore } from './use-cases/restore.ts'
import { approveChanged, approveRequest, denyRequest } from './use-cases/review-request.ts'
import { changeReviewPanel, openReviewPanel } from './use-cases/review-with-changes.ts'
import { askToRevoke, revoke } from './use-cases/revoke.ts'
import { settleDrift } from './use-cases/settle-drift.ts'
import { chooseChannel, showChannels } from './use-cases/setup-channels.ts'
import { checkSetup } from './use-cases/setup-check.ts'
import {
  openUsualLibraries,
  saveTickedAsSet,
  saveUsualLibraries,
  tickUsualLibraries,
} from './use-cases/setup-libraries.ts'
import { beginPlexSignIn, checkPlexSignIn, watchPlexSignIn } from './use-cases/setup-plex.ts'
import { setLevelRoles, showLevelRoles } from './use-cases/setup-roles.ts'
import { askWhichServers, chooseFirstServer, chooseServers } from './use-cases/setup-server.ts'
import { showPerson } from './use-cases/show-person.ts'
import { suggestLibraries, suggestPeople, suggestServers } from './use-cases/suggest.ts'
import { applySync, previewSync } from './use-cases/sync.ts'
import { undo } from './use-cases/undo.ts'
import { withdrawRequest } from './use-cases/withdraw-request.ts'

const useCases = {
  invite,
  answerAccount,
  askToRevoke,
  revoke,
  askToChange,
  chooseLibraries,
  changeLibraries,
  listPeople,
  listLibraries,
  showSettings,
  setRoleLevel,
  setLibrarySet,
  beginPlexSignIn,
  checkPlexSignIn,
  watchPlexSignIn,
  askWhichServers,
  chooseServers,
  chooseFirstServer,
  openUsualLibraries,
  tickUsualLibraries,
  saveUsualLibraries,
  saveTickedAsSet,
  showLevelRoles,
  setLevelRoles,
  showChannels,
  chooseChannel,
  checkSetup,
  previewSync,
  applySync,
  settleDrift,
  letGo,
  readAudit,
  rereadAudit,
  setChannels,
  setDefaults,
  requestAccess,
  requestWithAccount,
  approveRequest,
  openReviewPanel,
  changeReviewPanel,
  approveChanged,
  denyRequest,
  askRequester,
  answerReviewer,
  withdrawRequest,
  suggestLibraries,
  suggestPeople,
  suggestServers,
  undo,
  restore,
  showPerson,
  ownStatus,
  exportOwnData,
  askToLeave,
  leave,
  askToForget,
  forget,
  mayNot,
  settingsOf,
  seesEmails,
  capabilitiesOf,
}

/** Everything that can be asked of the rules, with the outside already at hand: what commands and buttons call. */
export type Rules = {
  [Verb in keyof typeof useCases]: (typeof useCases)[Verb] extends (
    ports: never,
    ...rest: infer Rest
  ) => infer Answer
    ? (...rest: Rest) => Answer
    : never
}

export function createRules(ports: Ports): Rules {
  const bound = Object.entries(useCases).map(([verb, useCase]) => [
    verb,
    // Every use-case takes the ports first: the mapped type above says so of each.
    (useCase as (ports: Ports, ...rest: unknown[]) => unknown).bind(undefined, ports),
  ])
  return Object.fromEntries(bound) as Rules
}

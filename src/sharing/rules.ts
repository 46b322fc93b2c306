import type { GuildId } from '../lib/ids.ts'
import { observedRestore } from './observation.ts'
import { type Refusal, refuse } from './refusal.ts'
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
import { importShares, linkShare, nextUnlinked, previewImport } from './use-cases/import-shares.ts'
import { invite } from './use-cases/invite.ts'
import { askToLeave, leave } from './use-cases/leave.ts'
import { letGo } from './use-cases/let-go.ts'
import { listLibraries } from './use-cases/list-libraries.ts'
import { listPeople } from './use-cases/list-people.ts'
import { exportOwnData, ownStatus } from './use-cases/own-data.ts'
import { capabilitiesOf, mayNot, type Ports, seesEmails, settingsOf } from './use-cases/ports.ts'
import { requestAccess, requestWithAccount } from './use-cases/request-access.ts'
import { restore } from './use-cases/restore.ts'
import { askToResume, resume } from './use-cases/resume.ts'
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
  previewImport,
  importShares,
  nextUnlinked,
  linkShare,
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
  askToResume,
  resume,
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
  const bound = Object.entries(useCases).map(([verb, useCase]) => {
    // Every use-case takes the ports first: the mapped type above says so of each.
    const whole = (useCase as (ports: Ports, ...rest: unknown[]) => unknown).bind(undefined, ports)
    // The table has a word for every verb, and only those wait that take the guild's own asking next.
    const waits = afterRestore[verb as keyof typeof useCases] === 'waits'
    return [verb, waits ? unlessObserving(ports, whole as Waiting) : whole]
  })
  return Object.fromEntries(bound) as Rules
}

/**
 * After a restore, until an administrator of the guild confirms: looking, settings and one's own data go on; what
 * decides something, or would change something at plex.tv, waits. The one place where that is asked: a verb without a
 * word here does not compile, and a verb that could not say that it waits does not either.
 */
export const afterRestore: { [Verb in keyof typeof useCases]: 'goesOn' | WordOf<(typeof useCases)[Verb]> } = {
  invite: 'waits',
  answerAccount: 'waits',
  askToRevoke: 'waits',
  revoke: 'waits',
  askToChange: 'waits',
  chooseLibraries: 'waits',
  changeLibraries: 'waits',
  listPeople: 'goesOn',
  listLibraries: 'goesOn',
  showSettings: 'goesOn',
  setRoleLevel: 'goesOn',
  setLibrarySet: 'goesOn',
  beginPlexSignIn: 'goesOn',
  checkPlexSignIn: 'goesOn',
  watchPlexSignIn: 'goesOn',
  askWhichServers: 'goesOn',
  chooseServers: 'goesOn',
  chooseFirstServer: 'goesOn',
  openUsualLibraries: 'goesOn',
  tickUsualLibraries: 'goesOn',
  saveUsualLibraries: 'goesOn',
  saveTickedAsSet: 'goesOn',
  showLevelRoles: 'goesOn',
  setLevelRoles: 'goesOn',
  showChannels: 'goesOn',
  chooseChannel: 'goesOn',
  checkSetup: 'goesOn',
  previewImport: 'goesOn',
  importShares: 'waits',
  nextUnlinked: 'goesOn',
  linkShare: 'waits',
  previewSync: 'goesOn',
  applySync: 'waits',
  settleDrift: 'waits',
  letGo: 'waits',
  readAudit: 'goesOn',
  rereadAudit: 'goesOn',
  setChannels: 'goesOn',
  setDefaults: 'goesOn',
  requestAccess: 'waits',
  requestWithAccount: 'waits',
  approveRequest: 'waits',
  openReviewPanel: 'waits',
  changeReviewPanel: 'waits',
  approveChanged: 'waits',
  denyRequest: 'waits',
  askRequester: 'waits',
  answerReviewer: 'waits',
  withdrawRequest: 'waits',
  suggestLibraries: 'goesOn',
  suggestPeople: 'goesOn',
  suggestServers: 'goesOn',
  undo: 'waits',
  restore: 'waits',
  showPerson: 'goesOn',
  ownStatus: 'goesOn',
  exportOwnData: 'goesOn',
  askToLeave: 'waits',
  leave: 'waits',
  askToForget: 'goesOn',
  forget: 'goesOn',
  askToResume: 'goesOn',
  resume: 'goesOn',
  mayNot: 'goesOn',
  settingsOf: 'goesOn',
  seesEmails: 'goesOn',
  capabilitiesOf: 'goesOn',
}

type Asking = { guildId: GuildId }
type Waiting = (asking: Asking, ...rest: unknown[]) => Promise<unknown>
/** Who may be refused: whoever is asked in the name of a guild and can answer with a refusal. */
type WordOf<UseCase> = UseCase extends (
  ports: never,
  asking: infer A,
  ...rest: never
) => Promise<infer Answer>
  ? A extends Asking
    ? Refusal extends Answer
      ? 'waits'
      : never
    : never
  : never

function unlessObserving(ports: Ports, useCase: Waiting): Waiting {
  return async (asking, ...rest) => {
    const restored = observedRestore(ports, asking.guildId)
    return restored ? refuse({ reason: 'observing', restored }) : useCase(asking, ...rest)
  }
}

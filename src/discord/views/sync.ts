import type { Note } from '../../sharing/reconcile.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import type { LetGo } from '../../sharing/use-cases/let-go.ts'
import type { DriftOutcome, DriftSettled, Remedy } from '../../sharing/use-cases/settle-drift.ts'
import type { SyncApplied, SyncItem, SyncPreview } from '../../sharing/use-cases/sync.ts'
import type { Reply, Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { count, plain, relative } from '../text.ts'
import { button, buttons, danger, primary } from './buttons.ts'
import { accessWords } from './describe.ts'
import { refusalView } from './refusal.ts'
import { unsettledWords } from './settling.ts'
import { shownName } from './users.ts'

/** Each difference has a row of buttons, and Discord shows five rows, of which one turns the pages. */
export const differencesPerPage = 4

interface Reader {
  seesEmails: boolean
  all?: boolean
}

/** The differences, each with what can be done about it. */
export function syncView(result: SyncPreview | Refusal, reader: Reader): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { items, serverName, readAt, ignored, notes } = result
  const pages = Math.max(1, Math.ceil(items.length / differencesPerPage))
  const page = Math.min(Math.max(result.page, 0), pages - 1)
  const start = page * differencesPerPage
  const shown = items.slice(start, start + differencesPerPage)
  const agreement = items.length === 0 ? 'nothing differs' : count(items.length, 'difference', 'differences')
  const hidden = ignored.length > 0 && !reader.all ? ` (${ignored.length} ignored; \`all\` shows them)` : ''
  const paging = pages > 1 ? `, page ${page + 1} of ${pages}` : ''
  return {
    content: [
      `**${plain(serverName)}** compared with plex.tv, as of ${relative(readAt)}: ${agreement}${hidden}${paging}.`,
      ...heldWords(result),
      ...untoldWords(result),
      ...noteWords(notes),
      ...shown.map((item, at) => `${start + at + 1}. ${itemWords(item, result, reader)}`),
    ].join('\n'),
    components: [
      ...shown.map((item, at) => itemRow(item, start + at, result)),
      ...lastRow(result, page, pages, reader),
    ],
  }
}

function heldWords({ halted, endsHeld }: SyncPreview): string[] {
  return [
    ...(halted
      ? [
          `⚠️ plex.tv shows ${halted.count} people no longer. I believe at most ${halted.most} at once without a human, so I believe none of it. Look at the Plex web app; if they are really gone, press “They are gone”.`,
        ]
      : []),
    ...(endsHeld
      ? [
          `⚠️ ${endsHeld.count} end dates have come at once. I carry out at most ${endsHeld.most} at once without a human, so nobody’s access was ended. If the date of this machine is right, press “End them”.`,
        ]
      : []),
  ]
}

function untoldWords({ untold, inDoubt }: SyncPreview): string[] {
  if (untold === 0 && inDoubt === 0) return []
  const rows =
    untold > 0
      ? `plex.tv lists ${count(untold, 'entry', 'entries')} that I cannot tell apart (without an id, with somebody else’s, or of an unknown server).`
      : 'plex.tv’s lists contradict what I know.'
  const doubt =
    inDoubt > 0
      ? ` I believe nothing of ${count(inDoubt, 'person', 'people')} whom it does not show, and who may be among them.`
      : ''
  return [`⚠️ ${rows}${doubt} Look at “Manage library access” in the Plex web app.`]
}

function noteWords(notes: readonly Note[]): string[] {
  if (notes.length === 0) return []
  const accepted = notes.filter(({ kind }) => kind === 'accepted').length
  const gone = notes.filter(({ kind }) => kind === 'vanished').length
  const others = notes.length - accepted - gone
  const parts = [
    ...(accepted > 0 ? [`${count(accepted, 'invitation was', 'invitations were')} accepted`] : []),
    ...(gone > 0 ? [`${count(gone, 'person is', 'people are')} gone after two readings`] : []),
    ...(others > 0 ? [`${count(others, 'other detail', 'other details')} changed`] : []),
  ]
  return [`I take note of this by myself: ${parts.join('; ')}.`]
}

/** One difference, without what to do about it: it is shown to somebody who cannot do anything about it yet. */
export function differenceWords(item: SyncItem, preview: SyncPreview, reader: Reader): string {
  return itemWords(item, preview, reader).replace(/ \*(Adopt|Fix)\*.*$/su, '')
}

function itemWords(item: SyncItem, { libraries, ignored }: SyncPreview, { seesEmails }: Reader): string {
  const mark = ignored.includes(item.key) ? ' (ignored)' : ''
  switch (item.kind) {
    case 'unknownShare': {
      const name = shownName(item.share.who, item.share.title, seesEmails)
      const what =
        item.share.status === 'pending' ? 'an invitation that I did not send' : 'access that I did not give'
      const begin = `${name} has ${what}${item.person ? ', after an earlier one had ended' : ''}`
      return `${begin}: ${accessWords(item.share.access, libraries, 4)}${mark}. *Adopt* takes it into my records; \`/revoke\` would end it.`
    }
    case 'librariesDiffer': {
      const name = shownName(item.person.who, item.share.title, seesEmails)
      return `${name} has ${accessWords(item.share.access, libraries, 4)}; last confirmed was ${accessWords(item.believed, libraries, 4)}${mark}. *Fix* gives those back; *Adopt* keeps what is there.`
    }
    case 'notShown': {
      const name = shownName(item.person.who, undefined, seesEmails)
      const sure = item.isConfirmed
        ? 'and two readings agree'
        : 'which one reading alone does not prove; I look again within 15 minutes'
      return `${name} should have access, but plex.tv has not shown it since ${relative(item.since)}, ${sure}${mark}. *Fix* invites again; *Adopt* believes it.`
    }
    case 'memberLeft': {
      const name = shownName(item.person.who, item.share.title, seesEmails)
      return `${name} still has access, but <@${item.person.memberId}> has left this Discord server${mark}. *Fix* ends the access.`
    }
    default:
      return item satisfies never
  }
}

/** What can be done about a difference. A share that others made is never removed from here. */
function remediesFor(item: SyncItem): readonly Remedy[] {
  switch (item.kind) {
    case 'unknownShare':
      return ['adopt', 'ignore']
    case 'librariesDiffer':
      return item.share.status === 'pending' ? ['adopt', 'ignore'] : ['fix', 'adopt', 'ignore']
    case 'notShown':
      return ['fix', 'adopt', 'ignore']
    case 'memberLeft':
      return ['fix', 'ignore']
    default:
      return item satisfies never
  }
}

const remedyLabels: Record<Remedy, string> = { fix: 'Fix', adopt: 'Adopt', ignore: 'Ignore' }

function itemRow(item: SyncItem, at: number, { draftId, ignored }: SyncPreview): Row {
  return buttons(
    ...remediesFor(item).map((remedy) => {
      const id = routes.syncSettle.id({ draft: draftId, at: String(at), remedy })
      const label = `${remedyLabels[remedy]} ${at + 1}`
      const made = remedy === 'fix' ? primary(label, id) : button(label, id)
      return made.setDisabled(remedy === 'ignore' && ignored.includes(item.key))
    }),
  )
}

function lastRow(
  { halted, endsHeld, draftId, serverId }: SyncPreview,
  page: number,
  pages: number,
  { all }: Reader,
): Row[] {
  const to = (target: number) =>
    routes.syncPage.id({ page: String(target), all: all ? 'all' : '', server: serverId })
  const all_ = [
    ...(halted ? [danger('They are gone', routes.syncLetGo.id({ draft: draftId, what: 'vanished' }))] : []),
    ...(endsHeld ? [danger('End them', routes.syncLetGo.id({ draft: draftId, what: 'ends' }))] : []),
    ...(pages > 1
      ? [
          button('Previous', to(page - 1)).setDisabled(page === 0),
          button('Next', to(page + 1)).setDisabled(page === pages - 1),
        ]
      : []),
  ]
  return all_.length > 0 ? [buttons(...all_)] : []
}

/** What was taken note of now, and what is left for somebody to decide. */
export function syncAppliedView(result: SyncApplied, reader: Reader): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const did = result.notes.length === 0 ? ['There was nothing to take note of.'] : noted(result.notes)
  return withRest(did.join('\n'), result.rest, reader)
}

const noted = (notes: readonly Note[]) =>
  noteWords(notes).map((line) => line.replace('I take note of this by myself', 'Taken note of'))

export function driftSettledView(result: DriftOutcome, seesEmails: boolean): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'noLongerSo':
      return withRest(
        'That is no longer so: plex.tv was read again just now. Nothing was changed.',
        result.rest,
        { seesEmails },
      )
    case 'settled':
      return withRest(settledWords(result, seesEmails), result.rest, { seesEmails })
    default:
      return result satisfies never
  }
}

function settledWords({ remedy, item, sent }: DriftSettled, seesEmails: boolean): string {
  const who = 'person' in item && item.person ? item.person.who : 'share' in item ? item.share.who : {}
  const name = shownName(who, 'share' in item ? item.share.title : undefined, seesEmails)
  switch (remedy) {
    case 'ignore':
      return `Left as it is: I show this difference about ${name} no more, unless it becomes another one.`
    case 'adopt':
      return item.kind === 'notShown'
        ? `Noted: ${name} has no access any more. Nothing was sent to plex.tv; \`/invite\` gives access again.`
        : `Adopted: what plex.tv shows of ${name} is in my records now. Nothing was sent to plex.tv.`
    case 'fix':
      return fixedWords(item, sent, name)
    default:
      return remedy satisfies never
  }
}

function fixedWords(item: SyncItem, sent: DriftSettled['sent'], name: string): string {
  if (!sent) return `Nothing was to be done about ${name}.`
  switch (sent.outcome) {
    case 'done':
      return item.kind === 'memberLeft'
        ? `Fixed: ${name} no longer has access; plex.tv has confirmed it.`
        : `Fixed: ${name} has the libraries back; plex.tv has confirmed it.`
    case 'invited':
      return sent.event.status === 'pending'
        ? `${name} is invited again and has to accept the new invitation.`
        : `Fixed: ${name} has access again; plex.tv has confirmed it.`
    case 'alreadyHas':
      return `${name} has access already; nothing was sent.`
    case 'asked':
      return `${name} was asked for a Plex account.`
    default:
      return unsettledWords(
        sent,
        item.kind === 'memberLeft' ? `end the access of ${name}` : `fix what ${name} has`,
      )
  }
}

export function letGoView(result: LetGo | Refusal, seesEmails: boolean): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { what, count: many } = result
  const words =
    what === 'vanished'
      ? `Noted: ${count(many, 'person has', 'people have')} no access any more. Nothing was sent to plex.tv.`
      : `${count(many, 'access is', 'accesses are')} being ended now, one after the other, until plex.tv confirms it. Look with \`/users\`.`
  return withRest(words, result.rest, { seesEmails })
}

/** What was done, and below it what is left. */
function withRest(words: string, rest: SyncPreview | Refusal, reader: Reader): Reply {
  const below = syncView(rest, reader)
  return { ...below, content: `${words}\n\n${below.content}` }
}

import { setTimeout as wait } from 'node:timers/promises'
import { routes } from '../src/discord/routes.ts'
import type { InteractionHandle, Message } from '../src/sandbox/discord/index.ts'
import type { JsonObject } from '../src/sandbox/discord/json.ts'
import type { Finding } from './campaign.ts'
import { type Fuzzed, fuzzed } from './p5-ids-on-the-wire.ts'
import { type Random, randomFrom } from './support/random.ts'
import {
  elsewhere,
  idsIn,
  type Requested,
  type ReviewEvening,
  reviewEvening,
} from './support/review-evening.ts'
import { storedIn } from './support/store-beside.ts'
import type { TakenOut } from './support/taken-out.ts'

/**
 * The same with the whole bot: the pretend Discord dispatches every press on its WebSocket to the unmodified client, and
 * `src/main.ts` runs as a process of its own on a SQLite file. What came of it is read from plex.tv's ledger, the file, the
 * log, and what hangs in Discord.
 */
export async function onTheWire(
  seed: number,
  size: { restarts: number; requests: number; ids: number },
): Promise<Finding[]> {
  const random = randomFrom(seed)
  const { restarts, requests, ids } = size
  const on = await reviewEvening({ remember })
  const findings: Finding[] = []
  try {
    findings.push(await afterRestarts(on, restarts))
    findings.push(
      abuseFinding(
        'presses without a right through the gateway',
        requests,
        await abuse(on, random, requests),
      ),
    )
    findings.push(
      fuzzFinding('custom ids that nobody made, through the gateway', await fuzzed(on, random, ids)),
    )
  } finally {
    await on.close()
  }
  const forControl = { requests: Math.min(requests, 3), ids: Math.min(ids, 2_000) }
  for (const guard of guards) findings.push(...(await without(guard, random, forControl)))
  return findings
}

const guards = [
  { takenOut: 'cardPlace', what: 'the same where a card hangs wherever it is pressed' },
  { takenOut: 'ownRequest', what: 'the same where nobody is asked whose request it is' },
  { takenOut: 'rights', what: 'the same where nobody is asked for roles' },
] as const satisfies { takenOut: TakenOut; what: string }[]

async function without(
  { takenOut, what }: (typeof guards)[number],
  random: Random,
  { requests, ids }: { requests: number; ids: number },
): Promise<Finding[]> {
  const on = await reviewEvening({ remember, takenOut })
  try {
    const abused = control(abuseFinding(what, requests, await abuse(on, random, requests)))
    if (takenOut !== 'rights') return [abused]
    const custom = 'the same custom ids where nobody is asked for roles'
    return [abused, control(fuzzFinding(custom, await fuzzed(on, random, ids)))]
  } finally {
    await on.close()
  }
}

/** So many messages at least: the cards that are looked at are among the latest. */
const remember = 10_000
const control = (finding: Finding): Finding => ({ ...finding, holds: !finding.holds, isControl: true })

/** The card hangs there, the process ends; the next one takes the press, and the same again, and so does the one after it. */
async function afterRestarts(on: ReviewEvening, rounds: number): Promise<Finding> {
  const sum = {
    decided: 0,
    undecided: 0,
    again: 0,
    notOnce: 0,
    strayEffects: 0,
    badCards: 0,
    untold: 0,
    badExits: 0,
  }
  const { discord } = on
  const all: Requested[] = []
  let last: { handle: InteractionHandle; payload: JsonObject } | undefined
  const again = async ({ handle, payload }: NonNullable<typeof last>) => {
    sum.again += 2
    handle.deliverAgain()
    const { id: _, token: __, ...other } = payload
    await (await discord.person('rob').rawInteraction(other)).answered()
  }
  for (let round = 0; round < rounds; round++) {
    const requested = await on.requests(`asker${round}`)
    all.push(requested)
    const signal = round % 2 === 0 ? 'SIGTERM' : 'SIGKILL'
    const code = await on.restart(signal)
    if (signal === 'SIGTERM' && code !== 0) sum.badExits++
    if (last) await again(last)
    let payload: JsonObject = {}
    discord.changeNextInteraction((sent) => {
      payload = sent
      return sent
    })
    const handle = await discord.person('rob').press(requested.card, 'Approve')
    const { content } = await handle.answered()
    sum[content.startsWith('Approved') ? 'decided' : 'undecided']++
    last = { handle, payload }
    await again(last)
  }
  await on.asks('dora', 'users')
  await on.bot().turn({ turn: 'pass', ms: 61_000 })
  await on.plex.settled()
  const { requests } = await storedIn(on.storeFile)
  for (const { who, email, requestId, card } of all) {
    const request = requests.find(({ id }) => id === requestId)
    const approvals = request?.history.filter(({ what }) => what === 'approved')
    if (request?.decisions.length !== 1 || approvals?.length !== 1) sum.notOnce++
    sum.strayEffects += Math.abs(on.given(email) - 1)
    const hangs = discord.messagesIn('reviews').find(({ id }) => id === card.id)
    if (!hangs?.content.startsWith('**Request: approved**') || idsIn(hangs).length > 0) sum.badCards++
    const told = discord.dmsOf(who).filter(({ content }) => content.startsWith('You are invited'))
    if (told.length !== 1) sum.untold++
  }
  const { undecided, notOnce, strayEffects, badCards, untold, badExits } = sum
  const holds = undecided + notOnce + strayEffects + badCards + untold + badExits === 0
  return { what: 'pressed after a restart, through the gateway', tries: rounds, seen: sum, holds }
}

// ---------------------------------------------------------------------------------------------------------------

interface Abused {
  presses: number
  /** Answers that opened a panel. */
  taken: number
  unanswered: number
  /** Answers that others could read. */
  public: number
  unrecorded: number
  /** Requests of whose wrong presses something came: at plex.tv, on a card, in a direct message, in the records. */
  effects: number
  /** How the requests ended: taken back, expired, approved and pressed again, approved by who lost his role meanwhile. */
  withdrawn: number
  expired: number
  replays: number
  rolesTaken: number
  strayReplays: number
  /** Shares that came of an approval of the last kind. */
  roleLost: number
  broken: number
}

function abuseFinding(what: string, tries: number, seen: Abused): Finding {
  const { taken, unanswered, unrecorded, effects, strayReplays, roleLost, broken } = seen
  const bad = taken + unanswered + seen.public + unrecorded + effects + strayReplays + roleLost + broken
  return { what, tries, seen: { ...seen }, holds: bad === 0 }
}

interface Press {
  as: JsonObject
  customId: string
  /** What was filled in, of a form. */
  field?: string
  values?: string[]
  message?: { id: string; channelId: string } | undefined
}

/** Every wrong press in an order of chance, on every button of a card and of the panel and the forms that it opens. */
async function abuse(on: ReviewEvening, random: Random, requests: number): Promise<Abused> {
  const sum: Abused = {
    ...{ presses: 0, taken: 0, unanswered: 0, public: 0, unrecorded: 0, effects: 0 },
    ...{ withdrawn: 0, expired: 0, replays: 0, rolesTaken: 0, strayReplays: 0, roleLost: 0, broken: 0 },
  }
  const other = await on.requests(`other${random.below(1_000_000)}`)
  for (let number = 0; number < requests; number++) {
    const own = random.part(number)
    const requested = await on.requests(`guest${number}`)
    const panel = await (
      await on.discord.person('rob').press(requested.card, 'Approve with changes')
    ).answered()
    const tries = inAnyOrder(
      [...wrongOnCard(on, own, requested, other), ...wrongOnPanel(on, requested, panel)],
      own,
    )
    await tryAll(on, requested, tries, sum)
    await endOfRequest(on, own, requested, panel, sum)
  }
  sum.broken = on.bot().output().split('"level":"error"').length - 1
  return sum
}

function inAnyOrder<T>(all: readonly T[], random: Random): T[] {
  const placed = all.map((each) => ({ each, at: random.fraction() }))
  return placed.sort((a, b) => a.at - b.at).map(({ each }) => each)
}

/** Approve, approve with changes, and the forms of deny and ask as they are sent. */
const onCard = (requestId: string): Pick<Press, 'customId' | 'field'>[] => [
  { customId: routes.reviewApprove.id({ request: requestId }) },
  { customId: routes.reviewChanges.id({ request: requestId }) },
  { customId: routes.reviewDeny.id({ request: requestId }), field: 'reason' },
  { customId: routes.reviewQuestion.id({ request: requestId }), field: 'question' },
]

const onPanel = (panel: Message): Pick<Press, 'customId' | 'values'>[] =>
  idsIn(panel).flatMap((customId) => {
    const [kind] = customId.split(':')
    if (kind === routes.reviewLibraries.kind) return { customId, values: ['910000002'] }
    if (kind === routes.reviewDuration.kind) return { customId, values: ['604800000'] }
    return kind === routes.reviewSave.kind ? { customId } : []
  })

/** What nobody who presses may make of where he is and who he is. */
function wrongOnCard(
  on: ReviewEvening,
  random: Random,
  { who, card, requestId }: Requested,
  other: Requested,
): Press[] {
  const as = people(on, who)
  const rob = on.sentBy('rob')
  const general = on.discord.world.guilds[0]?.channels.find(({ name }) => name === 'general')?.id ?? '1'
  const spoiltId = `${requestId.slice(0, -1)}${requestId.endsWith('A') ? 'B' : 'A'}`
  const places: [JsonObject, Message | Press['message']][] = [
    ...as.outsiders.map((each): [JsonObject, Message] => [each, card]),
    [rob, other.card],
    [rob, { id: card.id, channelId: general }],
    [rob, { id: String(10n ** 18n + BigInt(random.below(1_000_000))), channelId: card.channelId }],
    [rob, undefined],
  ]
  return [
    ...places.flatMap(([by, message]) => onCard(requestId).map((each) => ({ ...each, as: by, message }))),
    ...onCard(spoiltId).map((each) => ({ ...each, as: rob, message: card })),
    ...onCard(other.requestId).map((each) => ({ ...each, as: rob, message: card })),
  ]
}

/** The panel is rob's. */
function wrongOnPanel(on: ReviewEvening, { who }: Requested, panel: Message): Press[] {
  const all = [...people(on, who).outsiders, on.sentBy('rita'), on.sentBy('dora')]
  return all.flatMap((as) => onPanel(panel).map((each) => ({ ...each, as, message: panel })))
}

/** Who may not decide on this request, however he presses. */
function people(on: ReviewEvening, asker: string): { outsiders: JsonObject[] } {
  const rob = on.sentBy('rob')
  const { member, guild_id: _, guild: __, ...bare } = rob
  const own = Object(on.sentBy(asker).member) as JsonObject
  const managers = Object(on.sentBy('dora').member).roles as string[]
  const friends = Object(on.sentBy('bob').member).roles as string[]
  const commandsOnly = { id: '900000000000000001' }
  return {
    outsiders: [
      // Another guild, in which he may everything; a direct message; a guild that has only the commands.
      {
        ...on.sentBy('rob', elsewhere),
        member: { ...Object(on.sentBy('rob', elsewhere).member), permissions: '8' },
      },
      { ...bare, user: Object(member).user, context: 1 },
      {
        ...rob,
        guild_id: commandsOnly.id,
        guild: commandsOnly,
        member: { ...Object(member), permissions: '8' },
      },
      // The asker himself, as a member, as a manager, and as who manages the guild by Discord's own permission.
      on.sentBy(asker),
      { ...on.sentBy(asker), member: { ...own, roles: managers } },
      { ...on.sentBy(asker), member: { ...own, permissions: '32' } },
      ...['mallory', 'bob', 'ivo'].map((name) => on.sentBy(name)),
      // rob without his role.
      { ...rob, member: { ...Object(member), roles: friends } },
    ],
  }
}

/** Each is refused to him alone and leaves its line in the log; together they change nothing. */
async function tryAll(
  on: ReviewEvening,
  requested: Requested,
  presses: readonly Press[],
  sum: Abused,
): Promise<void> {
  const before = await picture(on)
  const recordedBefore = recorded(on)
  let answered = 0
  for (const press of presses) {
    sum.presses++
    try {
      const message = await (await send(on, press)).answered()
      answered++
      if (!message.ephemeral) sum.public++
      if (idsIn(message).some((each) => each.startsWith(`${routes.reviewSave.kind}:`))) sum.taken++
    } catch {
      sum.unanswered++
    }
  }
  // The forms themselves are shown to anybody: they are empty, and what is sent with them is refused.
  for (const opener of [routes.reviewDenyAsk, routes.reviewQuestionAsk]) {
    const customId = opener.id({ request: requested.requestId })
    await (await send(on, { as: on.sentBy('mallory'), customId, message: requested.card })).modalShown()
  }
  sum.unrecorded += Math.max(
    0,
    answered - (await recordedOnce(on, recordedBefore + answered)) + recordedBefore,
  )
  if ((await picture(on)) !== before) sum.effects++
}

function send(
  { discord }: ReviewEvening,
  { as, customId, field, values, message }: Press,
): Promise<InteractionHandle> {
  const place = message && { message: { id: message.id }, channel_id: message.channelId }
  const data =
    field === undefined
      ? { custom_id: customId, component_type: values ? 3 : 2, ...(values ? { values } : {}) }
      : {
          custom_id: customId,
          components: [{ type: 18, component: { type: 4, custom_id: field, value: 'hm?' } }],
        }
  // Who is named here matters to the pretend Discord only for whom it shows the answer.
  return discord.person('rob').rawInteraction({ ...as, ...place, type: field === undefined ? 3 : 5, data })
}

const traces = ['"a press on a request was refused"', '"a press without a right to it was refused"']
const recorded = (on: ReviewEvening) =>
  traces.reduce((sum, trace) => sum + on.bot().output().split(trace).length - 1, 0)

/** The log comes by another way than the answers, and may come a little later. */
async function recordedOnce(on: ReviewEvening, expected: number): Promise<number> {
  for (let look = 0; look < 50 && recorded(on) < expected; look++) await wait(10)
  return recorded(on)
}

/** Everything that a press could have an effect on; panels are not decided on, and nobody else is shown them. */
async function picture(on: ReviewEvening): Promise<string> {
  const { people, requests, settings } = await storedIn(on.storeFile)
  const cards = on.discord.messagesIn('reviews').map(({ id, revision }) => [id, revision])
  const dms = on.discord.allMessages().filter(({ guildId, ephemeral }) => !guildId && !ephemeral)
  const histories = people.map(({ id, history, intent }) => [id, history, intent])
  return JSON.stringify([on.plex.ledger.length, requests, settings, histories, cards, dms.length])
}

/** It is taken back, or expires, and then nobody decides on it; or it is approved, and the same comes again; or rob is robbed. */
async function endOfRequest(
  on: ReviewEvening,
  random: Random,
  requested: Requested,
  panel: Message,
  sum: Abused,
): Promise<void> {
  const { discord } = on
  const rob = on.sentBy('rob')
  const { card, email, requestId } = requested
  const approve = routes.reviewApprove.id({ request: requestId })
  const later = onCard(requestId).map((each) => ({ ...each, as: rob, message: card }))
  const save = onPanel(panel).filter(({ values }) => !values)
  switch (random.below(4)) {
    case 0: {
      sum.withdrawn++
      await (await discord.person(requested.who).press(requested.receipt, 'Withdraw')).answered()
      await tryAll(
        on,
        requested,
        [...later, ...save.map((each) => ({ ...each, as: rob, message: panel }))],
        sum,
      )
      return
    }
    case 1: {
      sum.expired++
      await on.bot().turn({ turn: 'pass', ms: 15 * 86_400_000 })
      await tryAll(
        on,
        requested,
        [...later, ...onPanel(panel).map((each) => ({ ...each, as: rob, message: panel }))],
        sum,
      )
      return
    }
    case 2: {
      const handle = await send(on, { as: rob, customId: approve, message: card })
      await handle.answered()
      const before = await picture(on)
      handle.deliverAgain()
      await tryAll(
        on,
        requested,
        [...later, ...later.map((each) => ({ ...each, as: on.sentBy('rita') }))],
        sum,
      )
      sum.replays++
      sum.strayReplays += Math.abs(on.given(email) - 1) + ((await picture(on)) === before ? 0 : 1)
      return
    }
    default: {
      sum.rolesTaken++
      // Discord took the role from him while his press was on its way.
      discord.setRoles('rob', ['Friends'])
      await (await send(on, { as: rob, customId: approve, message: card })).answered()
      discord.setRoles('rob', ['Reviewers'])
      sum.roleLost += on.given(email)
    }
  }
}

function fuzzFinding(what: string, seen: Fuzzed): Finding {
  const { effects, died, unanswered, errors } = seen
  return { what, tries: seen.presses, seen: { ...seen }, holds: effects + died + unanswered + errors === 0 }
}

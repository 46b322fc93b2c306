import { routes } from '../src/discord/routes.ts'
import type { Message } from '../src/sandbox/discord/index.ts'
import type { Random } from './support/random.ts'
import { here, idsIn, type ReviewEvening } from './support/review-evening.ts'
import { isSameId, spoilt } from './support/spoilt-ids.ts'
import { storedIn } from './support/store-beside.ts'

export interface Fuzzed {
  presses: number
  /** Of these, as nobody who may nothing: they lead to something that there is. */
  namingATrueThing: number
  /** Ordinary commands in between that were answered, and that were not. */
  answered: number
  unanswered: number
  /** Stretches after which something was otherwise: at plex.tv, in the records, in a channel, in a direct message. */
  effects: number
  died: number
  /** Lines of the log that tell of something broken. */
  errors: number
}

const aBatch = 100
/** After so many the request, the panel and the confirmations are others. */
const aStretch = 5_000

/**
 * The bot's own custom ids and spoilt ones, sent through the gateway as presses and forms. Whatever names a true thing comes
 * from somebody who may nothing, the rest from the owner as well. After every hundred somebody uses an ordinary command.
 */
export async function fuzzed(on: ReviewEvening, random: Random, ids: number): Promise<Fuzzed> {
  const sum: Fuzzed = {
    ...{ presses: 0, namingATrueThing: 0, answered: 0, unanswered: 0, effects: 0, died: 0, errors: 0 },
  }
  const bot = on.bot()
  const errorsBefore = errorLines(on)
  bot.child.once('exit', () => {
    sum.died++
  })
  for (let first = 0; first < ids && sum.died + sum.unanswered === 0; first += aStretch) {
    await stretch(on, random.part(first), Math.min(aStretch, ids - first), sum)
  }
  bot.child.removeAllListeners('exit')
  sum.errors = errorLines(on) - errorsBefore
  return sum
}

const errorLines = (on: ReviewEvening) => on.bot().output().split('"level":"error"').length - 1

async function stretch(on: ReviewEvening, random: Random, ids: number, sum: Fuzzed): Promise<void> {
  const { discord } = on
  const { card } = await on.requests(`fuzzed${sum.presses}`)
  const panel = await (await discord.person('rob').press(card, 'Approve with changes')).answered()
  const fresh = `fresh${sum.presses}@example.com`
  const shown: Message[] = [panel]
  for (const [words, options] of [
    ['revoke', { who: 'mira_q' }],
    ['libraries', { who: 'jonas.b' }],
    ['invite', { email: fresh, libraries: 'Movies' }],
    ['users', {}],
    ['sync', {}],
  ] as const) {
    shown.push(await on.asks('dora', words, options))
  }
  await on.plex.settled()
  const own: [string, ...string[]] = [routes.dismiss.id({}), ...idsIn(card), ...shown.flatMap(idsIn)]
  const began = new Date()
  const before = await picture(on, card, began)

  for (let sent = 0; sent < ids; sent++) {
    // First each of the bot's own as it is.
    const customId = own[sent] ?? spoilt(random, own)
    await sendOne(on, random, { own, customId, card, panel }, sum)
    if (sent % aBatch !== aBatch - 1 && sent !== ids - 1) continue
    if (await isAnswered(on)) sum.answered++
    else sum.unanswered++
    if (sum.died + sum.unanswered > 0) return
  }
  await on.plex.settled()
  if ((await picture(on, card, began)) !== before) sum.effects++
}

async function sendOne(
  on: ReviewEvening,
  random: Random,
  press: { own: readonly [string, ...string[]]; customId: string; card: Message; panel: Message },
  sum: Fuzzed,
): Promise<void> {
  const { own, customId, card, panel } = press
  const [kind = ''] = customId.split(':')
  const namesTrue = isWithoutThing(customId) || own.some((each) => isSameId(each, customId))
  if (namesTrue) sum.namingATrueThing++
  const by = namesTrue || random.chance(0.4) ? on.sentBy('mallory') : ownerOf(on)
  const values = [random.pick(own), random.pick(['910000001', 'all', 'share:30000001', '', '604800000'])]
  const text = (field: string) => ({ type: 18, component: { type: 4, custom_id: field, value: 'x' } })
  const isForm = random.chance(0.3)
  const data = isForm
    ? { custom_id: customId, components: ['reason', 'account', 'question'].map(text) }
    : {
        custom_id: customId,
        component_type: 2,
        ...(random.chance(0.5) ? { component_type: 3, values: values.slice(random.below(2)) } : {}),
      }
  // A card hangs where its own buttons are pressed; all else stands in what one person alone reads.
  const isOfCard = idsIn(card).some((each) => each.split(':')[0] === kind) || formsOfCards.has(kind)
  const { id, channelId } = isOfCard ? card : panel
  sum.presses++
  await on.discord
    .person('mallory')
    .rawInteraction({ ...by, message: { id }, channel_id: channelId, type: isForm ? 5 : 3, data })
}

const formsOfCards = new Set([routes.reviewDeny.kind, routes.reviewQuestion.kind])

/** It has nothing in it that could be spoilt: whoever may press it, may. */
function isWithoutThing(customId: string): boolean {
  const [kind, ...parts] = customId.split(':')
  return (
    parts.length <= 1 &&
    Object.values(routes).some((route) => route.kind === kind && route.params.length === 0)
  )
}

function ownerOf(on: ReviewEvening) {
  const sent = on.sentBy('olive')
  return { ...sent, member: { ...Object(sent.member), permissions: '32' } }
}

async function isAnswered(on: ReviewEvening): Promise<boolean> {
  try {
    return (await on.asks('bob', 'libraries', {}, here)).content.includes('libraries')
  } catch {
    return false
  }
}

async function picture(on: ReviewEvening, card: Message, since: Date): Promise<string> {
  const { people, requests, settings } = await storedIn(on.storeFile)
  const hangs = on.discord.messagesIn('reviews').find(({ id }) => id === card.id)
  const heard = on.discord
    .allMessages()
    .filter(({ ephemeral, createdAt }) => !ephemeral && new Date(createdAt) > since)
  const histories = people.map(({ id, history, intent }) => [id, history, intent])
  return JSON.stringify([on.plex.ledger.length, requests, settings, histories, hangs?.revision, heard.length])
}

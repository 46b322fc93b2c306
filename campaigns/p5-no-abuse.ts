import { routes } from '../src/discord/routes.ts'
import { type ChannelId, type GuildId, id } from '../src/lib/ids.ts'
import type { AccessRequest } from '../src/sharing/access-request.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import type { Actor } from '../src/sharing/policy.ts'
import { alice, dora, guildId } from '../test/support/names.ts'
import type { Campaign, Finding } from './campaign.ts'
import { onTheWire } from './p5-on-the-wire.ts'
import { type Random, randomFrom } from './support/random.ts'
import { quietPlex, type ReviewWorld, reviewWorld } from './support/review-world.ts'
import { type Asking, customIdsIn, modal, press, slash, smallDiscord } from './support/small-discord.ts'
import { isSameId, spoilt } from './support/spoilt-ids.ts'
import { withStores } from './support/stores.ts'

export const p5: Campaign = {
  name: 'P5',
  promise:
    'Approvals survive restarts and cannot be abused: a card is pressed after a restart and decides once; a press without a right to it is refused and recorded; custom ids that nobody made do nothing.',
  async run({ seed, size }) {
    const random = randomFrom(seed)
    const restarts = size === 'full' ? 100 : 3
    const worlds = size === 'full' ? 1_000 : 8
    const ids = size === 'full' ? 140_000 : 1_500
    const forControl = Math.min(worlds, 100)
    return [
      await afterRestarts(random, restarts),
      await abuse('presses without a right', random, worlds, () => {}),
      await abuse(
        'the same where cards and guilds are not compared',
        random,
        forControl,
        believesPresses,
        true,
      ),
      await abuse('the same where nobody is asked for roles', random, forControl, everybodyReviews, true),
      await fuzz('custom ids that nobody made', random, ids, 'everybody may nothing'),
      await fuzz(
        'the same where everybody may everything',
        random,
        Math.min(ids, 5_000),
        'everybody may all',
      ),
      ...(await onTheWire(
        seed,
        size === 'full'
          ? { restarts: 100, requests: 60, ids: 100_000 }
          : { restarts: 2, requests: 1, ids: 200 },
      )),
    ]
  },
}

/** The card hangs there, the process ends, the next one takes the press; and the one after that the same press again. */
async function afterRestarts(random: Random, tries: number): Promise<Finding> {
  const sum = { decided: 0, undecided: 0, notOnce: 0, strayEffects: 0 }
  for (let number = 0; number < tries; number++) {
    await withStores('SQLite', async (fresh) => {
      const open = await fresh()
      const plex = quietPlex(random.part(number))
      const firstStore = await open()
      const first = await reviewWorld(random, { plex, store: firstStore })
      const { id: requestId } = await first.waiting()
      await firstStore.close()
      for (const _ of ['the press', 'the same, delivered again']) {
        const store = await open()
        const world = await reviewWorld(random, { plex, store })
        world.somebody(alice, 'member')
        const request = await world.request(requestId)
        const by = world.somebody('rob', 'reviewer')
        const outcome = await world.rules.approveRequest(by, world.press(request, 'the press'))
        sum[outcome.outcome === 'decided' ? 'decided' : 'undecided']++
        const { decisions, history } = await world.request(requestId)
        const approvals = history.filter(({ what }) => what === 'approved')
        sum.notOnce += decisions.length === 1 && approvals.length === 1 ? 0 : 1
        sum.strayEffects += Math.abs(world.created() - 1)
        await store.close()
      }
    })
  }
  const holds = sum.undecided + sum.notOnce + sum.strayEffects === 0
  return { what: 'pressed after a restart, on SQLite', tries, seen: sum, holds }
}

// ---------------------------------------------------------------------------------------------------------------

/** Every wrong press in its own order of chance, each with every button of a card. */
async function abuse(
  what: string,
  random: Random,
  worlds: number,
  takeOut: (world: ReviewWorld) => void,
  isControl = false,
): Promise<Finding> {
  const sum = { presses: 0, taken: 0, unrecorded: 0, effects: 0, replays: 0, strayReplays: 0, roleLost: 0 }
  for (let number = 0; number < worlds; number++) {
    const part = random.part(number)
    const world = await reviewWorld(part)
    const request = await world.waiting()
    takeOut(world)
    const rob = world.somebody('rob', 'reviewer')
    const { card } = world.press(request, '')
    const elsewhere = { ...card, channelId: id<ChannelId>(String(1 + part.below(90))) }
    const wrong: [Actor, Partial<Parameters<ReviewWorld['rules']['approveRequest']>[1]>][] = [
      [{ ...dora, guildId: id<GuildId>(String(2 + part.below(1_000))) }, {}],
      [rob, { card: { ...card, messageId: String(part.below(7_000)) } }],
      [rob, { card: elsewhere }],
      [rob, { card: undefined }],
      [rob, { requestId: `${request.id.slice(0, -1)}~` }],
      [world.somebody(alice, 'manager'), {}],
      [{ ...dora, memberId: alice }, {}],
      [world.somebody('mallory', 'nobody'), {}],
      [world.somebody('ivo', 'inviter'), {}],
    ]
    await tryAll(world, part, request, wrong, sum)

    const later = part.below(3)
    if (later === 0) await world.rules.withdrawRequest(world.somebody(alice), { requestId: request.id })
    if (later === 1) world.clock.pass(15 * 86_400_000)
    if (later < 2) await tryAll(world, part, request, [[rob, {}]], sum)
    else await replay(world, part, request, rob, sum)
  }
  const { taken, unrecorded, effects, strayReplays, roleLost } = sum
  const violations = taken + unrecorded + effects + strayReplays + roleLost
  return {
    what,
    tries: worlds,
    seen: sum,
    holds: violations > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}

async function tryAll(
  { rules, refusals, ...world }: ReviewWorld,
  random: Random,
  request: AccessRequest,
  wrong: readonly [Actor, object][],
  sum: { presses: number; taken: number; unrecorded: number; effects: number },
): Promise<void> {
  const verbs = ['approveRequest', 'denyRequest', 'openReviewPanel', 'askRequester'] as const
  const tries = wrong.flatMap(([actor, change]) => verbs.map((verb) => ({ actor, change, verb })))
  const order = tries.map((each) => ({ each, at: random.fraction() })).sort((a, b) => a.at - b.at)
  for (const { each } of order) {
    const { actor, change, verb } = each
    const before = refusals.length
    const made = { ...world.press(request, `wrong ${random.fraction()}`), text: 'hm?', ...change }
    const outcome = await rules[verb](actor, made)
    sum.presses++
    if (outcome.outcome !== 'refused') sum.taken++
    else if (refusals.length === before) sum.unrecorded++
  }
  const { decisions } = await world.request(request.id).catch(() => request)
  sum.effects += world.created() + decisions.length
}

/** Who approves has lost his role by the time it is carried out, or has it and everything is delivered three times. */
async function replay(
  world: ReviewWorld,
  random: Random,
  request: AccessRequest,
  rob: Actor,
  sum: { replays: number; strayReplays: number; roleLost: number },
): Promise<void> {
  const isLost = random.chance(0.5)
  if (isLost) world.somebody('rob', 'member')
  const before = world.created()
  for (let time = 0; time < 3; time++) await world.rules.approveRequest(rob, world.press(request, 'again'))
  const { decisions } = await world.request(request.id)
  const came = world.created() - before
  sum.replays++
  if (isLost) sum.roleLost += came
  else sum.strayReplays += Math.abs(came - 1) + Math.abs(decisions.length - 1)
}

/** Two guards taken out: a request is found from any guild, and hangs wherever it is pressed. */
function believesPresses({ ports }: ReviewWorld): void {
  const { requests } = ports
  const anywhere = { has: () => true }
  ports.requests = {
    ...requests,
    get: async (key) => {
      const found = await requests.get(`${guildId}${key.slice(key.indexOf(':'))}`)
      // `some` over these cards is true, whatever place is asked for.
      return found && { ...found, cards: Object.assign([...found.cards], { some: anywhere.has }) }
    },
  }
}

/** The guard taken out: who has no role is in the settings as somebody who may everything. */
function everybodyReviews({ ports }: ReviewWorld): void {
  const { settings } = ports
  const binding = { roleId: id<Actor['roleIds'][number]>('nobody'), level: 'administrator' as const }
  ports.settings = {
    ...settings,
    get: async (key) => {
      const found = await settings.get(key)
      return found && { ...found, bindings: [...found.bindings, binding] }
    },
  }
}

// ---------------------------------------------------------------------------------------------------------------

/**
 * Who may nothing presses the bot's own custom ids and spoilt ones; who may everything presses only what names nothing
 * that there is. A control gives the first one every right: then the bot's own ids do something.
 */
async function fuzz(
  what: string,
  random: Random,
  tries: number,
  rights: 'everybody may nothing' | 'everybody may all',
): Promise<Finding> {
  const isControl = rights === 'everybody may all'
  const sum = { presses: 0, namingATrueThing: 0, effects: 0, exceptions: 0 }
  const aWorld = 1_000
  for (let first = 0; first < tries; first += aWorld) {
    const part = random.part(first)
    const world = await reviewWorld(part)
    const discord = smallDiscord(world)
    const owner: Asking = { guildId, memberId: '4', managesServer: true }
    const stranger: Asking = { guildId, memberId: '8', managesServer: isControl }
    const request = await world.waiting()
    const asked = [
      await discord.send(slash(owner, 'revoke', { who: 'mira@example.com' })),
      await discord.send(slash(owner, 'libraries', { who: 'mira@example.com' })),
      await discord.send(slash(owner, 'invite', { email: 'fresh@example.com', libraries: 'Movies' })),
      await discord.send(slash(owner, 'users')),
      await discord.send(slash(owner, 'sync')),
    ].flatMap(customIdsIn)
    const ofCard = [routes.reviewApprove, routes.reviewDeny, routes.reviewChanges, routes.reviewQuestion]
    const own: [string, ...string[]] = [
      'dismiss:1',
      ...asked,
      ...ofCard.map((each) => each.id({ request: request.id })),
    ]
    const { card } = world.press(request, '')
    const place = { channel_id: card.channelId, message: { id: card.messageId } }
    const before = await picture(world)
    const saidBefore = world.told.length
    for (let at = first; at < Math.min(tries, first + aWorld); at++) {
      const customId = spoilt(part, own)
      const namesTrue = own.some((each) => isSameId(each, customId))
      if (namesTrue) sum.namingATrueThing++
      const by = namesTrue || part.chance(0.4) ? stranger : owner
      const values = [part.pick(own), part.pick(['910000001', 'all', 'share:30000001', '', '604800000'])]
      const payload = part.chance(0.3)
        ? modal(by, customId, { reason: 'x', account: 'x', text: 'x' })
        : press(by, customId, part.chance(0.5) ? values.slice(part.below(2)) : undefined)
      sum.presses++
      await discord.send({ ...payload, ...place }).catch(() => void sum.exceptions++)
    }
    sum.exceptions += discord.broken.length
    sum.effects += (await picture(world)) === before && world.told.length === saidBefore ? 0 : 1
  }
  const violations = sum.effects + sum.exceptions
  return {
    what,
    tries,
    seen: sum,
    holds: violations > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}

/** Everything that a press could have an effect on. */
async function picture({ plex, ports, request, ...world }: ReviewWorld): Promise<string> {
  const requests = await ports.requests.list('')
  const settings = await ports.settings.list('')
  const people = (await ports.people.list(personKeysOf(guildId))).map(({ history, intent }) => [
    history,
    intent,
  ])
  return JSON.stringify([plex.state.ledger.length, requests, settings, people, world.created()])
}

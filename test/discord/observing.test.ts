import { describe, expect, test } from 'vitest'
import type { Invocation } from '../../src/discord/interaction.ts'
import type { Reply } from '../../src/discord/reply.ts'
import { createRouter } from '../../src/discord/router.ts'
import { routes } from '../../src/discord/routes.ts'
import { allJobs } from '../../src/jobs/all-jobs.ts'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import type { AccessRequest } from '../../src/sharing/access-request.ts'
import { lookOnly } from '../../src/sharing/look-only.ts'
import { createObservation, nothingRestored } from '../../src/sharing/observation.ts'
import { personKeysOf } from '../../src/sharing/people.ts'
import type { Actor } from '../../src/sharing/policy.ts'
import { afterRestore } from '../../src/sharing/rules.ts'
import { dora, guildId } from '../support/ground.ts'
import { type ReviewGround, reviewGround } from '../support/review-ground.ts'
import { commands, components, noAnswers, rows } from '../support/rights-matrix.ts'
import { days } from '../support/shifted-clock.ts'

/** Which of the guards are in place. */
interface Guards {
  gate: boolean
  net: boolean
}

type Asking = Pick<Invocation, 'asked' | 'memberId' | 'actor' | 'place'>

/**
 * A guild in which everything has been begun that can be begun: for each command and component there is something that
 * it would really carry on. Then a backup is restored, or seems to be.
 */
async function begun() {
  const on = await reviewGround()
  const { rules, ports } = on
  const mona = on.somebody('mona', 'manager')
  const rob = on.somebody('rob', 'reviewer')
  let presses = 0
  const press = () => `press ${++presses}`
  const invited = async (email: string, member?: Actor) => {
    const wish = { id: press(), email, libraries: 'Movies', ...(member ? { member: member.memberId } : {}) }
    const outcome = await rules.invite(mona, wish)
    if (outcome.outcome !== 'invited') throw new Error(outcome.outcome)
    return outcome
  }
  const draftOf = (outcome: object): string => {
    if ('draftId' in outcome && typeof outcome.draftId === 'string') return outcome.draftId
    throw new Error(JSON.stringify(outcome))
  }
  const undoOf = (outcome: object): string => {
    if ('undo' in outcome && typeof outcome.undo === 'string') return outcome.undo
    throw new Error(JSON.stringify(outcome))
  }
  const ended = async (who: string) =>
    rules.revoke(mona, {
      id: press(),
      draftId: draftOf(await rules.askToRevoke(mona, { who, mode: 'remove' })),
    })
  const changed = async (who: string, ticked: string[]) => {
    const draftId = draftOf(await rules.askToChange(mona, { who }))
    await rules.chooseLibraries(mona, { draftId, part: 0, ticked })
    return draftId
  }
  const requested = async (name: string) => {
    const who = on.somebody(name, 'member')
    return { who, request: await on.waiting(who, `${name}@example.com`) }
  }
  const reading = await on.sharing.libraries()
  const [first, second] = reading.ok ? reading.value.value : []

  const all = new Map<string, Asking>()
  const has = (
    name: string,
    asked: Asking['asked'],
    actor: Actor | undefined = mona,
    place?: Asking['place'],
  ) =>
    all.set(name, { asked, actor, memberId: actor?.memberId ?? mona.memberId, ...(place ? { place } : {}) })
  const runs = (name: string, options: Record<string, unknown>, actor: Actor = mona) => {
    const [command = '', subcommand] = name.slice(1).split(' ')
    const sub = subcommand === undefined ? {} : { subcommand }
    has(name, { kind: 'command', name: command, ...sub, options }, actor)
  }
  const pressed = (name: string, customId: string, values: string[] = [], actor?: Actor) =>
    has(name, { kind: 'component', customId, values }, actor)
  const filled = (
    name: string,
    customId: string,
    fields: Record<string, string>,
    actor?: Actor | undefined,
  ) => has(name, { kind: 'modal', customId, fields }, actor)
  const onCard = (name: string, request: AccessRequest, asked: Asking['asked']) =>
    has(name, asked, rob, request.cards[0])

  // Commands
  const alice = on.somebody('alice', 'member')
  await invited('alice.l@example.com', alice)
  runs('/invite', { email: 'new@example.com', libraries: 'Movies' })
  runs('/request', { libraries: 'Movies' }, on.somebody('quentin', 'member'))
  await ports.links.link({
    guildId,
    memberId: id<MemberId>('quentin'),
    who: { email: 'q@example.com' },
    linkedAt: new Date(),
    linkedBy: mona.memberId,
  })
  runs('/revoke', { who: 'mira_q' })
  runs('/libraries', { who: 'mira_q' })
  runs('/me leave', {}, alice)
  runs('/sync', { mode: 'apply' })

  // Buttons, selects and forms
  pressed(
    'revoke-confirm',
    routes.revokeConfirm.id({
      draft: draftOf(await rules.askToRevoke(mona, { who: 'jonas.b', mode: 'remove' })),
    }),
  )
  pressed(
    'libraries-choose',
    routes.librariesChoose.id({
      draft: draftOf(await rules.askToChange(mona, { who: 'mira_q' })),
      part: '0',
    }),
    [String(first?.id)],
  )
  pressed('libraries-save', routes.librariesSave.id({ draft: await changed('mira_q', [String(first?.id)]) }))
  pressed('undo-share', routes.undoShare.id({ draft: undoOf(await invited('undone@example.com')) }))
  await invited('gone@example.com')
  pressed('undo-end', routes.undoEnd.id({ draft: undoOf(await ended('gone@example.com')) }))
  await invited('restored@example.com')
  await ended('restored@example.com')
  const restored = (await ports.people.list(personKeysOf(guildId))).find(
    ({ who }) => who.email === 'restored@example.com',
  )
  pressed('restore', routes.restore.id({ person: restored?.id ?? '' }))
  on.plex.accept((await invited('changed@example.com')).who.email ?? '')
  await on.sharing.shares('active', { fresh: true })
  await on.sharing.shares('pending', { fresh: true })
  const saved = await rules.changeLibraries(mona, {
    id: press(),
    draftId: await changed('changed@example.com', [String(second?.id)]),
  })
  pressed('undo-change', routes.undoChange.id({ draft: undoOf(saved) }))
  const leaver = on.somebody('leaver', 'member')
  await invited('leaver@example.com', leaver)
  pressed(
    'leave-confirm',
    routes.leaveConfirm.id({ draft: draftOf(await rules.askToLeave(leaver)) }),
    [],
    leaver,
  )
  const asked = await rules.invite(mona, { id: press(), member: id<MemberId>('bob'), libraries: 'Movies' })
  filled(
    'account-answer',
    routes.accountAnswer.id({ guild: guildId, draft: draftOf(asked) }),
    { account: 'bob@example.com' },
    { ...on.somebody('bob', 'member') },
  )
  const carol = on.somebody('carol', 'member')
  filled(
    'request-account',
    routes.requestAccount.id({
      draft: draftOf(await rules.requestAccess(carol, { id: press(), libraries: 'Movies' })),
    }),
    { account: 'carol@example.com' },
    carol,
  )
  const dave = await requested('dave')
  pressed('request-withdraw', routes.requestWithdraw.id({ request: dave.request.id }), [], dave.who)
  const erin = await requested('erin')
  filled(
    'request-reply',
    routes.requestReply.id({ guild: guildId, request: erin.request.id }),
    { reply: 'it is me' },
    erin.who,
  )
  for (const [name, make] of [
    [
      'review-approve',
      (request) => ({ kind: 'component', customId: routes.reviewApprove.id({ request }), values: [] }),
    ],
    [
      'review-deny',
      (request) => ({ kind: 'modal', customId: routes.reviewDeny.id({ request }), fields: { reason: 'no' } }),
    ],
    [
      'review-question',
      (request) => ({
        kind: 'modal',
        customId: routes.reviewQuestion.id({ request }),
        fields: { question: 'who are you?' },
      }),
    ],
    [
      'review-changes',
      (request) => ({ kind: 'component', customId: routes.reviewChanges.id({ request }), values: [] }),
    ],
  ] satisfies [string, (request: string) => Asking['asked']][]) {
    const { request } = await requested(`asker-${name}`)
    onCard(name, request, make(request.id))
  }
  const { request: panelled } = await requested('fred')
  const panel = draftOf(await rules.openReviewPanel(rob, on.press(panelled, press())))
  pressed(
    'review-libraries',
    routes.reviewLibraries.id({ draft: panel, part: '0' }),
    [String(first?.id)],
    rob,
  )
  pressed('review-duration', routes.reviewDuration.id({ draft: panel }), ['604800000'], rob)
  pressed('review-save', routes.reviewSave.id({ draft: panel }), [], rob)
  const preview = await rules.previewSync(mona, {})
  const stranger =
    preview.outcome === 'sync'
      ? preview.items.findIndex((item) => 'share' in item && item.share.who.email === 'newcomer@example.com')
      : -1
  pressed(
    'sync-settle',
    routes.syncSettle.id({ draft: draftOf(preview), at: String(stranger), remedy: 'adopt' }),
  )
  pressed(
    'sync-let-go',
    routes.syncLetGo.id({ draft: draftOf(await rules.previewSync(mona, {})), what: 'ends' }),
  )
  pressed('revoke-open', routes.revokeOpen.id({ who: 'mira_q' }))
  pressed('suspend-open', routes.suspendOpen.id({ who: 'mira_q' }))
  pressed('libraries-open', routes.librariesOpen.id({ who: 'mira_q' }))
  for (const row of rows) if (!all.has(row.name)) has(row.name, row.asked, { ...dora })

  // What jobs would carry on: something owed, an end that has come, a request that was approved and not carried out.
  const { request: approved } = await requested('gina')
  await on.plex.faults.down()
  await rules.invite(mona, { id: press(), email: 'owed@example.com', libraries: 'Movies' })
  await rules.approveRequest(rob, on.press(approved, press()))
  await on.plex.faults.up()
  await rules.invite(mona, { id: press(), email: 'ends@example.com', libraries: 'Movies', duration: '1d' })
  return { ...on, all }
}

/** From here on the guild looks on, with those guards that are there. */
async function restoreSeemsDone(on: ReviewGround, { gate, net }: Guards): Promise<void> {
  const restored = { id: 'a-restore', at: on.clock.now(), backupAt: on.clock.now() }
  const observation = await createObservation({
    restored,
    guilds: on.ports.guilds,
    applicationId: () => 'app',
  })
  on.ports.observation = observation
  on.ports.connections = net ? lookOnly(on.ports.connections, observation, silentLog) : on.ports.connections
  if (!gate) on.ports.guards = { observing: 'off' }
}

/** What has changed at plex.tv, in the records, and in what people were told. */
async function traceOf({ plex, ports, told }: ReviewGround): Promise<string> {
  const kept = [await ports.people.list(personKeysOf(guildId)), await ports.requests.list(`${guildId}:`)]
  return JSON.stringify([plex.ledger.length, told.length, kept])
}

async function run(on: ReviewGround, asking: Asking): Promise<string> {
  const said: string[] = []
  const note = async (_: unknown, reply: Reply) => void said.push(reply.content)
  const router = createRouter({
    commands,
    components,
    rules: on.rules,
    answers: { ...noAnswers, say: note, edit: note },
    log: silentLog,
    newReference: () => 'ref',
  })
  await router({ id: String(Math.random()), token: 't', applicationId: 'a', ...asking })
  return said.join('\n')
}

/** The rows that changed anything, and what each of them said. */
async function goesThrough(on: Awaited<ReturnType<typeof begun>>) {
  const changed: string[] = []
  const said = new Map<string, string>()
  for (const { name } of rows) {
    const asking = on.all.get(name)
    if (!asking) throw new Error(`nothing is begun for ${name}`)
    const before = await traceOf(on)
    said.set(name, await run(on, asking))
    if ((await traceOf(on)) !== before) changed.push(name)
  }
  return { changed, said }
}

async function jobsChange(on: ReviewGround): Promise<string[]> {
  const changed: string[] = []
  on.clock.pass(2 * days)
  for (const [name, job] of Object.entries(allJobs(on.ports))) {
    const before = await traceOf(on)
    const requests = on.plex.requests.length
    await job()
    if ((await traceOf(on)) !== before || on.plex.requests.length > requests) changed.push(name)
  }
  return changed
}

const looking = [
  '/access',
  '/audit',
  '/import shares',
  '/me status',
  '/me export',
  '/me forget',
  '/settings roles',
  '/settings channels',
  '/settings defaults',
  '/settings sets',
  '/settings show',
  '/setup plex',
  '/setup server',
  '/setup libraries',
  '/setup roles',
  '/setup channels',
  '/setup check',
  '/users',
  'audit-export',
  'audit-page',
  'dismiss',
  'forget-confirm',
  'import-skip',
  'people-page',
  'people-pick',
  'resume-ask',
  'resume-confirm',
  'setup-channel',
  'setup-libraries-save',
  'setup-libraries-tick',
  'setup-plex-again',
  'setup-plex-check',
  'setup-roles',
  'setup-server-first',
  'setup-servers-choose',
  'setup-set',
  'sync-page',
]

describe('while a guild looks on after a restore', { timeout: 90_000 }, () => {
  test('every command, button and form either looks or says why not; plex.tv, the records and people are left alone', async () => {
    const on = await begun()
    await restoreSeemsDone(on, { gate: true, net: true })
    const forms = rows.filter(({ name }) =>
      components.some((each) => each.route.kind === name && 'open' in each),
    )
    const deeds = on.plex.ledger.length
    // The last one confirms, so it is left for the end.
    const { changed, said } = await goesThrough({ ...on, all: new Map(on.all).set('resume-confirm', notNow) })
    expect(changed).toEqual([])
    expect(on.plex.ledger).toHaveLength(deeds)
    const waits = rows
      .map(({ name }) => name)
      .filter((name) => said.get(name)?.includes('restored from a backup') && !looking.includes(name))
    const others = rows
      .map(({ name }) => name)
      .filter((name) => !waits.includes(name) && !forms.some((form) => form.name === name))
    expect(others.sort()).toEqual(looking.toSorted())
  })

  test('no job changes anything, reads plex.tv or tells anybody', async () => {
    const on = await begun()
    await restoreSeemsDone(on, { gate: true, net: true })
    expect(await jobsChange(on)).toEqual([])
    await on.rules.resume(dora, { restoreId: 'a-restore' })
    expect(await jobsChange(on)).toEqual(expect.arrayContaining(['deliver owed', 'reconcile']))
  })

  test('with the gate taken out, the net keeps plex.tv as it is, and the records show that something went through', async () => {
    const on = await begun()
    const deeds = on.plex.ledger.length
    await restoreSeemsDone(on, { gate: false, net: true })
    const { changed } = await goesThrough(on)
    expect(changed.length).toBeGreaterThan(10)
    await jobsChange(on)
    expect(on.plex.ledger).toHaveLength(deeds)
  })

  test('with both taken out, it is noticed: these would have done something', async () => {
    const on = await begun()
    const deeds = on.plex.ledger.length
    await restoreSeemsDone(on, { gate: false, net: false })
    const { changed } = await goesThrough(on)
    expect(changed).toMatchInlineSnapshot(`
      [
        "/invite",
        "/request",
        "account-answer",
        "leave-confirm",
        "libraries-save",
        "request-account",
        "request-reply",
        "request-withdraw",
        "restore",
        "review-approve",
        "review-deny",
        "review-question",
        "review-save",
        "revoke-confirm",
        "sync-settle",
        "undo-change",
        "undo-end",
        "undo-share",
      ]
    `)
    expect(on.plex.ledger.length).toBeGreaterThan(deeds)
    expect(await jobsChange(on)).toMatchInlineSnapshot(`
      [
        "expire",
        "deliver owed",
        "reconcile",
        "settle requests",
      ]
    `)
  })

  test('another guild, and one that came after the restore, go on as usual', async () => {
    const on = await reviewGround()
    const at = on.clock.now()
    const [known, unknown] = [id<GuildId>('7'), id<GuildId>('8')]
    const restored = { id: 'a-restore', at, backupAt: at, guildIds: [guildId, known] }
    const { guilds } = on.ports
    const observation = await createObservation({ restored, guilds, applicationId: () => 'app' })
    expect([guildId, known, unknown].map((each) => observation.of(each)?.id)).toEqual([
      'a-restore',
      'a-restore',
      undefined,
    ])
    await observation.confirm(guildId)
    expect([guildId, known].map((each) => observation.of(each)?.id)).toEqual([undefined, 'a-restore'])
    expect(await guilds.get(guildId)).toEqual({
      schema: 1,
      guildId,
      applicationId: 'app',
      resumed: 'a-restore',
    })
    const again = await createObservation({ restored, guilds, applicationId: () => 'app' })
    expect([guildId, known].map((each) => again.of(each)?.id)).toEqual([undefined, 'a-restore'])
    expect(nothingRestored.of(guildId)).toBeUndefined()
  })

  test('every verb of the rules has a word, and what only looks is short enough to be read', async () => {
    const on = await reviewGround()
    expect(Object.keys(afterRestore).sort()).toEqual(Object.keys(on.rules).sort())
    const goesOn = Object.entries(afterRestore).filter(([, word]) => word === 'goesOn')
    expect(goesOn.map(([verb]) => verb).sort()).toMatchInlineSnapshot(`
      [
        "askToForget",
        "askToResume",
        "askWhichServers",
        "beginPlexSignIn",
        "capabilitiesOf",
        "checkPlexSignIn",
        "checkSetup",
        "chooseChannel",
        "chooseFirstServer",
        "chooseServers",
        "exportOwnData",
        "forget",
        "listLibraries",
        "listPeople",
        "mayNot",
        "nextUnlinked",
        "openUsualLibraries",
        "ownStatus",
        "previewImport",
        "previewSync",
        "readAudit",
        "rereadAudit",
        "resume",
        "saveTickedAsSet",
        "saveUsualLibraries",
        "seesEmails",
        "setChannels",
        "setDefaults",
        "setLevelRoles",
        "setLibrarySet",
        "setRoleLevel",
        "settingsOf",
        "showChannels",
        "showLevelRoles",
        "showPerson",
        "showSettings",
        "suggestLibraries",
        "suggestPeople",
        "suggestServers",
        "tickUsualLibraries",
        "watchPlexSignIn",
      ]
    `)
  })
})

const notNow: Asking = {
  asked: { kind: 'component', customId: routes.dismiss.id({}), values: [] },
  actor: dora,
  memberId: dora.memberId,
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRouter } from '../../src/discord/router.ts'
import { routes } from '../../src/discord/routes.ts'
import { type ChannelId, id, type MemberId } from '../../src/lib/ids.ts'
import type { Log } from '../../src/lib/log.ts'
import { silentLog } from '../../src/lib/log.ts'
import { dora } from '../support/ground.ts'
import { reviewGround } from '../support/review-ground.ts'
import {
  actorIn,
  commands,
  components,
  contexts,
  isAllowed,
  noAnswers,
  reachedBy,
  rows,
  who,
} from '../support/rights-matrix.ts'

describe('one table decides who may what', () => {
  test('every command and every component is in it once', () => {
    const actions = commands.flatMap(({ actions }) =>
      actions.kind === 'one' ? ['itself'] : Object.keys(actions.actions),
    )
    expect(rows).toHaveLength(actions.length + Object.keys(routes).length)
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
  })

  test.each(rows.filter(({ needs }) => needs !== 'nobody in particular'))(
    '$name ($needs): every level, in its guild, in another one and in a direct message',
    async (row) => {
      if (row.needs === 'nobody in particular') throw new Error('filtered out above')
      for (const level of who) {
        for (const context of contexts) {
          const reached = (await reachedBy(row, actorIn(context, level))).length > 0
          // What reaches no rule at all changes nothing for anybody.
          const mayReach = isAllowed(row.needs, level, context) && row.name !== 'dismiss'
          expect({ level, context, reached }).toEqual({ level, context, reached: mayReach })
        }
      }
    },
  )

  test('what names no right is a form that is empty, or compares the person himself', async () => {
    const reached = rows
      .filter(({ needs }) => needs === 'nobody in particular')
      .map(async (row) => `${row.name}: ${await reachedBy(row, actorIn('its guild', 'nobody'))}`)
    expect(await Promise.all(reached)).toMatchInlineSnapshot(`
      [
        "account-answer: answerAccount",
        "account-ask: a form",
        "request-account-ask: a form",
        "request-reply-ask: a form",
        "request-reply: answerReviewer",
        "review-deny-ask: a form",
        "review-question-ask: a form",
        "setup-set-ask: a form",
      ]
    `)
  })

  test('every form leads to something that is in the table', async () => {
    const kinds = new Set(components.map(({ route }) => route.kind))
    for (const component of components) {
      if (!('open' in component)) continue
      const values = Object.fromEntries(component.route.params.map((param) => [param, '1']))
      const [kind = ''] = component.open(values).custom_id.split(':')
      expect(kinds).toContain(kind)
    }
  })
})

test('a press by somebody without a right, or from a direct message, leaves a trace: who pressed what', async () => {
  const on = await reviewGround()
  const noted: unknown[] = []
  const router = createRouter({
    commands,
    components,
    rules: on.rules,
    answers: noAnswers,
    log: { ...silentLog, warn: (fields, message) => noted.push({ ...fields, message }) },
    newReference: () => 'ref',
  })
  const memberId = id<MemberId>('8')
  const { guildId } = dora
  const press = { token: 't', applicationId: 'a', memberId, guildId }
  const asked = {
    kind: 'component',
    customId: routes.reviewApprove.id({ request: 'r' }),
    values: [],
  } as const
  await router({ ...press, id: '1', actor: { ...dora, memberId, managesServer: false }, asked })
  await router({ ...press, id: '2', actor: undefined, asked })
  const save = { ...asked, customId: routes.reviewSave.id({ draft: 'd' }) }
  await router({ ...press, id: '3', actor: { ...dora, memberId, managesServer: false }, asked: save })
  const message = 'a press without a right to it was refused'
  const [approve, confirm] = [{ component: 'review-approve', requestId: 'r' }, { component: 'review-save' }]
  expect(noted).toMatchObject([
    { guildId, memberId, ...approve, reason: 'notAllowed', message },
    { guildId, memberId, ...approve, reason: 'onlyInGuilds', message },
    { guildId, memberId, ...confirm, draftId: 'd', reason: 'notAllowed', message },
  ])
})

test('custom ids that nobody made: no effect and no exception, for who may everything and for who may nothing', async () => {
  const on = await reviewGround()
  const request = await on.waiting()
  const [card] = request.cards
  const broke: unknown[] = []
  const log: Log = { ...silentLog, error: (fields) => broke.push(fields) }
  const router = createRouter({
    commands,
    components,
    rules: on.rules,
    answers: noAnswers,
    log,
    newReference: () => 'ref',
  })
  const settled = () => on.ports.settings.get('1')
  const before = await settled()
  const kind = fc.oneof(
    fc.constantFrom(...Object.values(routes).map((route) => route.kind)),
    fc.string({ maxLength: 20 }),
  )
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text)),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('1', '', '-1', '99999999999999999999', '__proto__', '%', request.id.slice(1)),
  )
  const customId = fc.tuple(kind, fc.constantFrom('1', '1', '1', '0', ''), fc.array(part, { maxLength: 3 }))
  let sent = 0
  await fc.assert(
    fc.asyncProperty(
      customId.map(([first, made, parts]) => [first, made, ...parts].join(':')),
      fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      async (custom, values, isModal, isNobody) => {
        sent += 1
        const memberId = id<MemberId>('8')
        const actor = isNobody ? { ...dora, memberId, managesServer: false } : { ...dora, memberId }
        await router({
          id: `fuzz ${sent}`,
          token: 't',
          applicationId: 'a',
          memberId,
          actor,
          place: { channelId: id<ChannelId>('99'), messageId: card?.messageId ?? '' },
          asked: isModal
            ? { kind: 'modal', customId: custom, fields: { reason: values[0] ?? '', account: 'x' } }
            : { kind: 'component', customId: custom, values },
        })
      },
    ),
    { numRuns: 3_000 },
  )
  expect(broke).toEqual([])
  expect(on.plex.ledger).toEqual([])
  expect(on.told).toEqual([])
  expect(await on.request(request.id)).toEqual(request)
  expect(await settled()).toEqual(before)
}, 60_000)

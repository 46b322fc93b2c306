import { routes } from '../src/discord/routes.ts'
import {
  actorIn,
  commands,
  components,
  contexts,
  isAllowed,
  type Row,
  reachedBy,
  rows,
  who,
} from '../test/support/rights-matrix.ts'
import type { Campaign, Finding } from './campaign.ts'

/** Nothing is left to chance here, and the whole is small: every size is the full one. */
export const p6: Campaign = {
  name: 'P6',
  promise:
    'Default deny: every command and component, for every level, in its guild, in another and in a direct message, does what its one row says, and nothing has no row.',
  async run() {
    return [await everyCell(true), await everyCell(false), hasRow(rows), hasRow(rows.slice(1), true)]
  },
}

/** What names no right compares the person himself; P5 and P8 press it. */
const namesRight = (row: Row): row is Row & { needs: Exclude<Row['needs'], 'nobody in particular'> } =>
  row.needs !== 'nobody in particular'

async function everyCell(asksForRights: boolean): Promise<Finding> {
  const sum = { rows: 0, allowed: 0, denied: 0, reachedThoughDenied: 0, deniedThoughAllowed: 0 }
  for (const row of rows.filter(namesRight)) {
    sum.rows++
    for (const level of who) {
      for (const context of contexts) {
        const mayReach = isAllowed(row.needs, level, context)
        const hasReached = (await reachedBy(row, actorIn(context, level), asksForRights)).length > 0
        sum[mayReach ? 'allowed' : 'denied']++
        if (hasReached && !mayReach) sum.reachedThoughDenied++
        // What is only put away reaches no rule.
        if (mayReach && !hasReached && row.name !== 'dismiss') sum.deniedThoughAllowed++
      }
    }
  }
  const violations = sum.reachedThoughDenied + sum.deniedThoughAllowed
  return {
    what: asksForRights ? 'every cell' : 'the same where nobody is asked for rights',
    tries: sum.allowed + sum.denied,
    seen: sum,
    holds: violations > 0 !== asksForRights,
    ...(asksForRights ? {} : { isControl: true }),
  }
}

function hasRow(table: readonly Row[], isControl = false): Finding {
  const names = new Set(table.map(({ name }) => name))
  const registered = [
    ...commands.flatMap(({ name, actions }) =>
      actions.kind === 'one' ? [`/${name}`] : Object.keys(actions.actions).map((each) => `/${name} ${each}`),
    ),
    ...Object.values(routes).map(({ kind }) => kind),
  ]
  const withoutRow = registered.filter((name) => !names.has(name)).length
  const without = components.filter(({ route }) => !registered.includes(route.kind)).length
  return {
    what: isControl ? 'a table that lacks a row' : 'everything that can be typed or pressed has its row',
    tries: registered.length,
    seen: { withoutRow, unregistered: without },
    holds: withoutRow + without > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}

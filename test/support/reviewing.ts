import { id, type MemberId, type RoleId } from '../../src/lib/ids.ts'
import { type AccessRequest, type CardPlace, requestKey } from '../../src/sharing/access-request.ts'
import type { Actor, GrantLimits, Level } from '../../src/sharing/policy.ts'
import type { Rules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { alice, dora, guildId, reviewersChannel } from './names.ts'

/** A ground with a reviewers' channel and a role of every level: `member`, `inviter`, `reviewer`, `manager`. */
export interface Reviewing {
  /** A member of this guild with these roles, as Discord says now and at every later question. */
  somebody(name: string, ...roles: (Level | 'nobody')[]): Actor
  /** alice has asked for Movies; what waits then. */
  waiting(who?: Actor, account?: string): Promise<AccessRequest>
  request(requestId: string): Promise<AccessRequest>
  press(request: AccessRequest, interaction: string): { id: string; requestId: string; card: CardPlace }
  limit(level: Level, limits: GrantLimits): Promise<void>
}

/** Sets the guild up for requests. `actors` is what Discord says of members. */
export async function reviewing<
  On extends { rules: Rules; ports: Ports; actors: Map<MemberId, Actor | undefined> },
>(on: On): Promise<On & Reviewing> {
  const { rules, ports } = on
  await rules.setChannels(dora, { reviewers: reviewersChannel })
  await rules.setDefaults(dora, { requestsPerDay: 100 })
  for (const level of ['member', 'inviter', 'reviewer', 'manager'] as const) {
    await rules.setRoleLevel(dora, { roleId: id<RoleId>(level), level })
  }
  const somebody: Reviewing['somebody'] = (name, ...roles) => {
    const memberId = id<MemberId>(name)
    const actor = { guildId, memberId, roleIds: roles.map((role) => id<RoleId>(role)), managesServer: false }
    on.actors.set(memberId, actor)
    return actor
  }
  let asked = 0
  return {
    ...on,
    somebody,
    async waiting(who = somebody(alice, 'member'), account = 'alice@example.com') {
      asked += 1
      const first = await rules.requestAccess(who, { id: `asks ${asked}`, libraries: 'Movies' })
      if (first.outcome !== 'whichAccount') throw new Error(JSON.stringify(first))
      const { draftId } = first
      const made = await rules.requestWithAccount(who, { id: `names ${asked}`, draftId, typed: account })
      if (made.outcome !== 'requested') throw new Error(JSON.stringify(made))
      return made.request
    },
    async request(requestId) {
      const request = await ports.requests.get(requestKey({ guildId, id: requestId }))
      if (!request) throw new Error('no such request')
      return request
    },
    press(request, interaction) {
      const [card] = request.cards
      if (!card) throw new Error('the request has no card')
      return { id: interaction, requestId: request.id, card }
    },
    async limit(level, limits) {
      await ports.settings.update(
        guildId,
        (settings) =>
          settings && {
            ...settings,
            bindings: settings.bindings.map((binding) =>
              binding.roleId === level ? { ...binding, limits } : binding,
            ),
          },
      )
    },
  }
}

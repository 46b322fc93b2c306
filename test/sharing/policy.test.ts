import { describe, expect, test } from 'vitest'
import { type GuildId, id, type MemberId, type RoleId } from '../../src/lib/ids.ts'
import { type Actor, capabilities, capabilitiesOf, levels, may, rolesWith } from '../../src/sharing/policy.ts'

const role = (name: string) => id<RoleId>(name)
const actor = (more: Partial<Actor> = {}): Actor => ({
  guildId: id<GuildId>('1'),
  memberId: id<MemberId>('2'),
  roleIds: [role('1')],
  managesServer: false,
  ...more,
})
const bindings = [
  { roleId: role('friends'), level: 'member' as const },
  { roleId: role('mods'), level: 'manager' as const },
]

describe('who may what', () => {
  test('every level may exactly this', () => {
    const table = levels.map((level) => `${level}: ${[...capabilitiesOf(level)].join(' ')}`)
    expect(table).toMatchInlineSnapshot(`
      [
        "member: request",
        "inviter: request invite",
        "reviewer: request invite review see-people",
        "manager: request invite review see-people change revoke home audit see-emails",
        "administrator: request invite review see-people change revoke home audit see-emails settings",
      ]
    `)
  })

  test('somebody without a bound role may nothing at all', () => {
    expect(capabilities.filter((capability) => may(actor(), capability, bindings))).toEqual([])
  })

  test('who manages the Discord server may everything, so nobody is locked out', () => {
    const manager = actor({ managesServer: true })
    expect(capabilities.filter((capability) => !may(manager, capability, []))).toEqual([])
  })

  test('several roles add up, and a role that is bound to nothing adds nothing', () => {
    const both = actor({ roleIds: [role('friends'), role('mods'), role('colours')] })
    expect(may(both, 'revoke', bindings)).toBe(true)
    expect(may(both, 'settings', bindings)).toBe(false)
  })

  test('a refusal can name the roles that have the right', () => {
    expect(rolesWith('revoke', bindings)).toEqual(['mods'])
    expect(rolesWith('request', bindings)).toEqual(['friends', 'mods'])
  })
})

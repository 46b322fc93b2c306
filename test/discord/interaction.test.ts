import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readInteraction } from '../../src/discord/interaction.ts'

const slash = {
  id: '100',
  token: 'FAKE-token',
  application_id: '9',
  type: 2,
  guild_id: '1',
  member: { user: { id: '7' }, roles: ['11'], permissions: '32' },
  data: {
    name: 'settings',
    type: 1,
    options: [{ name: 'roles', type: 1, options: [{ name: 'role', type: 8, value: '11' }] }],
  },
}

describe('an interaction as Discord sends it', () => {
  test('becomes a plain invocation', () => {
    expect(readInteraction(slash)).toEqual({
      id: '100',
      token: 'FAKE-token',
      applicationId: '9',
      memberId: '7',
      guildId: '1',
      actor: { guildId: '1', memberId: '7', roleIds: ['11', '1'], managesServer: true },
      asked: { kind: 'command', name: 'settings', subcommand: 'roles', options: { role: '11' } },
    })
  })

  test.each([
    ['0', false],
    ['8', true],
    ['32', true],
    [String(0x20 | 0x400), true],
    [String(0x10), false],
  ])('permissions %s manage the server: %s', (permissions, managesServer) => {
    const member = { ...slash.member, permissions }
    expect(readInteraction({ ...slash, member })?.actor?.managesServer).toBe(managesServer)
  })

  test('a direct message has nobody whose right could be asked', () => {
    const { guild_id: _, member: __, ...rest } = slash
    expect(readInteraction({ ...rest, user: { id: '7' } })).toMatchObject({ memberId: '7', actor: undefined })
  })

  test('a guild without a member, or a member without a guild, is nobody in the guild', () => {
    const { member: _, ...noMember } = slash
    expect(readInteraction(noMember)).toBeUndefined()
    const { guild_id: __, ...noGuild } = slash
    expect(readInteraction(noGuild)?.actor).toBeUndefined()
  })

  test('an interaction that names two guilds is none', () => {
    expect(readInteraction({ ...slash, guild: { id: slash.guild_id } })).toBeDefined()
    expect(readInteraction({ ...slash, guild: null })).toBeDefined()
    expect(readInteraction({ ...slash, guild: { id: '2' } })).toBeUndefined()
    expect(readInteraction({ ...slash, guild_id: undefined, guild: { id: '1' } })).toBeUndefined()
  })

  test('a modal’s fields are read from labels and from the older rows', () => {
    const data = {
      custom_id: 'x',
      components: [
        { type: 18, component: { type: 4, custom_id: 'account', value: 'mira' } },
        { type: 1, components: [{ type: 4, custom_id: 'old', value: 'row' }] },
      ],
    }
    expect(readInteraction({ ...slash, type: 5, data })?.asked).toEqual({
      kind: 'modal',
      customId: 'x',
      fields: { account: 'mira', old: 'row' },
    })
  })

  test('whatever else comes is nothing, and nothing throws', () => {
    const keys = Object.keys(slash)
    fc.assert(
      fc.property(fc.subarray(keys), fc.object({ maxDepth: 3 }), (left, junk) => {
        const kept = Object.fromEntries(Object.entries(slash).filter(([key]) => left.includes(key)))
        readInteraction({ ...kept, ...junk })
        readInteraction({ ...junk, ...kept })
        expect(readInteraction(junk)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })
})

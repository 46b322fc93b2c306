import { describe, expect, test } from 'vitest'
import { evening } from '../support/evening.ts'

describe('settings', () => {
  test('who manages the Discord server is never locked out, and binds roles to levels', async () => {
    const on = await evening({ fresh: true })
    expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You may not see who has access here (the right \`see-people\` is missing), so nothing was done. Ask anybody who may manage this Discord server; an administrator gives rights with \`/settings roles\`."
    `)
    const set = await on.asks('olive', 'settings roles', { role: { role: 'Managers' }, level: 'manager' })
    expect(set.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Saved. Before:
      • no role has a level yet: only those who may manage this Discord server can use me
      Now:
      • manager: @Managers"
    `)
    expect((await on.asks('dora', 'users')).text).toContain('Harbor')
    const taken = await on.asks('olive', 'settings roles', { role: { role: 'Managers' }, level: 'none' })
    expect(taken.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Saved. Before:
      • manager: @Managers
      Now:
      • no role has a level yet: only those who may manage this Discord server can use me"
    `)
    expect((await on.asks('dora', 'users')).text).toContain('You may not')
  })

  test('a level for everyone reaches every member', async () => {
    const on = await evening({ fresh: true })
    await on.asks('olive', 'settings roles', { role: { role: '@everyone' }, level: 'member' })
    expect((await on.asks('mallory', 'libraries')).text).toContain('4 libraries')
  })

  test('a set is kept, used, shown and removed', async () => {
    const on = await evening()
    const kept = await on.asks('olive', 'settings sets', { name: 'Family', libraries: 'Movies, TV Shows' })
    expect(kept.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Saved. Before:
      • member: @Friends
      • inviter: @Inviters
      • reviewer: @Reviewers
      • manager: @Managers
      Now:
      • member: @Friends
      • inviter: @Inviters
      • reviewer: @Reviewers
      • manager: @Managers
      • set **Family**: **Movies** and **TV Shows**"
    `)
    await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'family' })
    expect(on.plex.world.shares.at(-1)).toMatchObject({ libraryIds: [910000001, 910000002] })
    await on.asks('olive', 'settings sets', { name: 'family' })
    expect((await on.asks('olive', 'settings show')).text).not.toContain('Family')
  })

  test('survive a restart', async () => {
    const on = await evening()
    const before = await on.asks('olive', 'settings show')
    await on.restart()
    expect((await on.asks('olive', 'settings show')).text).toBe(before.text)
  })

  test('are closed to a manager', async () => {
    const on = await evening()
    expect((await on.asks('dora', 'settings show')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You may not change my settings here (the right \`settings\` is missing), so nothing was done. Ask anybody who may manage this Discord server; an administrator gives rights with \`/settings roles\`."
    `)
  })
})

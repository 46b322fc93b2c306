import { describe, expect, test } from 'vitest'
import { deeds, evening } from '../support/evening.ts'

describe('/import shares', () => {
  test('shows what is there, takes it over, and asks whose each is', async () => {
    const on = await evening()
    const preview = await on.asks('dora', 'import shares')
    expect(preview.text).toMatchInlineSnapshot(`
      "(only you can see this)
      3 shares of **Harbor** were made outside of me.
      • **newcomer@example.com**: **Movies**, not accepted yet
      • **mira\\_q** (mira@example.com): **Movies** and **TV Shows**
      • **jonas.b** (Jonas.Brandt@Example.com): **all libraries, future ones too**
      Taking them over changes nothing at Plex and for nobody: I only note who has what, so that it can be changed, given an end or linked to a member.
      [Take over all 3] [Leave as is]"
    `)
    const taken = await on.presses('dora', preview.message, 'Take over all 3')
    const asked: string[] = []
    let question = taken
    for (const member of ['alice', undefined, 'bob']) {
      asked.push(
        question.text.split('\n').find((line) => line.startsWith('Which member is')) ?? question.text,
      )
      question =
        member === undefined
          ? await on.presses('dora', question.message, 'Leave unlinked')
          : await on.selects('dora', question.message, 'The member', member)
    }
    expect(taken.text).toContain('Taken over: 3 shares of **Harbor**. Nothing was changed at Plex.')
    // In which order they are asked about differs from run to run.
    const names = asked.map((line) => line.replace(/ \S+ (person|people) after this one\./u, ''))
    expect(names.toSorted()).toMatchInlineSnapshot(`
      [
        "Which member is **jonas.b** (Jonas.Brandt@Example.com) on **Harbor**? Whoever is linked sees his access in \`/me\`, and is found by \`/access\`.",
        "Which member is **mira\\_q** (mira@example.com) on **Harbor**? Whoever is linked sees his access in \`/me\`, and is found by \`/access\`.",
        "Which member is **newcomer@example.com** on **Harbor**? Whoever is linked sees his access in \`/me\`, and is found by \`/access\`.",
      ]
    `)
    expect(question.text).toContain('Everybody who has access is linked to a member, or was left out.')
    expect(deeds(on)).toEqual([])
    expect((await on.asks('alice', 'me status')).text).toContain('Your access through me:')

    const again = await on.asks('dora', 'import shares')
    expect(again.text).toContain('Nothing to take over: all 3 shares')
    expect((await on.asks('dora', 'audit')).text).toContain('linked to @alice')
  })

  test('pressed twice it takes over once, and what was ended meanwhile is not taken', async () => {
    const on = await evening()
    const preview = await on.asks('dora', 'import shares')
    on.plex.leave('mira_q')
    const dora = on.discord.person('dora')
    const [one, two] = await Promise.all([
      dora.press(preview.message, 'Take over all 3'),
      dora.press(preview.message, 'Take over all 3'),
    ])
    await one.answered()
    await two.answered()
    const trail = await on.asks('dora', 'audit')
    expect(trail.text.match(/adopted as plex.tv shows it/gu)).toHaveLength(2)
  })

  test('a member with another account, and somebody who belongs to another member, are not tied', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', {
      member: { user: 'alice' },
      email: 'alice@example.com',
      libraries: 'Movies',
    })
    const preview = await on.asks('dora', 'import shares')
    const taken = await on.presses('dora', preview.message, 'Take over all 3')
    const refused = await on.selects('dora', taken.message, 'The member', 'alice')
    expect(refused.text).toContain('✗ @alice is linked to another Plex account already')
    expect(refused.text.split('\n').at(-2)).toBe(taken.text.split('\n').at(-2))
    const linked = await on.selects('dora', refused.message, 'The member', 'bob')
    expect(linked.text).toContain('Linked to @bob.')
    const twice = await on.selects('dora', linked.message, 'The member', 'bob')
    expect(twice.text).toContain('✗ @bob is linked to another Plex account already')
  })

  test('who may not change access may not take it over, and limits of a role hold', async () => {
    const on = await evening()
    expect((await on.asks('rob', 'import shares')).text).toContain('You may not')
    await on.asks('olive', 'settings sets', { name: 'Films', libraries: 'Movies' })
    await on.asks('olive', 'settings roles', { role: { role: 'Managers' }, level: 'manager', sets: 'Films' })
    const preview = await on.asks('dora', 'import shares')
    const taken = await on.presses('dora', preview.message, 'Take over all 3')
    expect(taken.text).toContain('Taken over: one share of **Harbor**')
    expect(taken.text).toContain('Your role may grant only')
  })
})

import { describe, expect, test } from 'vitest'
import type { Evening, Said } from '../support/evening.ts'
import { evening } from '../support/evening.ts'
import { days } from '../support/shifted-clock.ts'

/** Somebody is invited with a reason and revoked again, and the address of another is changed elsewhere. */
async function eventfulEvening(): Promise<Evening> {
  const on = await evening()
  const reason = '=cmd|calc for fresh@example.com'
  await on.asks('ivo', 'invite', { email: 'fresh@example.com', libraries: 'Movies', reason })
  on.clock.pass(2 * days)
  await on.asks('ivo', 'invite', {
    email: 'pat@example.net',
    libraries: 'Music',
    member: { user: 'alice' },
    duration: '30d',
  })
  on.clock.pass(1 * days)
  const { message } = await on.asks('dora', 'revoke', { who: 'fresh@example.com' })
  await on.presses('dora', message, 'Cancel the invitation')
  return on
}

const filesOf = ({ message }: Said) =>
  message.attachments.map((file) => ({ name: file.filename, text: Buffer.from(file.bytes).toString('utf8') }))

describe('the audit trail', () => {
  test('says who did what to whom, when, before and after, and why', async () => {
    const on = await eventfulEvening()
    expect((await on.asks('dora', 'audit')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      6 entries, newest first
      **fresh@example.com** (a time) access ended, confirmed by plex.tv, by @dora
      **fresh@example.com** (a time) decided: end the access, had **Movies**, by @dora
      **pat-h** (pat@example.net) @alice (a time) invited to **Music**, to be accepted, by @ivo
      **pat-h** (pat@example.net) @alice (a time) decided: share **Music** until (a time), by @ivo
      **fresh@example.com** (a time) invited to **Movies**, to be accepted, by @ivo
      **fresh@example.com** (a time) decided: share **Movies**, by @ivo, because “=cmd\\|calc for fresh@example.com”
      [Export]"
    `)
  })

  test('can be asked about somebody, by somebody, and for some time', async () => {
    const on = await eventfulEvening()
    expect((await on.asks('dora', 'audit', { who: 'pat@example.net' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      2 entries, newest first
      **pat-h** (pat@example.net) @alice (a time) invited to **Music**, to be accepted, by @ivo
      **pat-h** (pat@example.net) @alice (a time) decided: share **Music** until (a time), by @ivo
      [Export]"
    `)
    expect((await on.asks('dora', 'audit', { actor: { user: 'dora' } })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      2 entries, newest first
      **fresh@example.com** (a time) access ended, confirmed by plex.tv, by @dora
      **fresh@example.com** (a time) decided: end the access, had **Movies**, by @dora
      [Export]"
    `)
    expect((await on.asks('dora', 'audit', { since: '36h' })).text).not.toContain('because')
    expect((await on.asks('dora', 'audit', { who: 'nobody.here' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Nothing in the trail fits that. Try \`/audit\` with fewer options, or a longer \`since\`."
    `)
    expect((await on.asks('dora', 'audit', { since: 'yesterday' })).text).toContain('not a length of time')
  })

  test('has pages of ten, newest first, also after a restart', async () => {
    const on = await evening()
    for (let n = 0; n < 7; n++)
      await on.asks('ivo', 'invite', { email: `p${n}@example.com`, libraries: 'Movies' })
    const first = await on.asks('dora', 'audit')
    expect(first.text.split('\n')[1]).toMatchInlineSnapshot(`"14 entries, newest first, page 1 of 2"`)
    await on.restart()
    const second = await on.presses('dora', first.message, 'Next')
    expect(second.text.split('\n')).toHaveLength(2 + 4 + 1)
    expect(second.text).toContain('p0@example.com')
  })

  test('is exported as CSV that no spreadsheet runs, and as JSON', async () => {
    const on = await eventfulEvening()
    const { message } = await on.asks('dora', 'audit')
    const answer = await on.presses('dora', message, 'Export')
    expect(answer.text.replace(/\d+ bytes/gu, '(a size)')).toMatchInlineSnapshot(`
      "(only you can see this)
      6 entries of the trail, as CSV for a spreadsheet and as JSON. They hold e-mail addresses: keep them where others cannot read them.
      (file audit.csv, (a size))
      (file audit.json, (a size))"
    `)
    const [csv, json] = filesOf(answer)
    const rows = csv?.text.trimEnd().split('\r\n') ?? []
    expect(rows[0]).toBe(
      '"at","username","email","plexAccount","member","what","detail","by","before","after","reason"',
    )
    expect(rows).toHaveLength(1 + 6)
    expect(csv?.text).toContain(`"'=cmd|calc for fresh@example.com"`)
    const parsed: unknown = JSON.parse(json?.text ?? '')
    expect(parsed).toMatchObject([
      { what: 'ended' },
      {},
      {},
      {},
      {},
      { what: 'decided', detail: 'share', after: 'Movies' },
    ])
  })

  test('is for who asked, and the right is asked again at the press', async () => {
    const on = await eventfulEvening()
    expect((await on.asks('rob', 'audit')).text).toContain('the right `audit` is missing')
    const { message } = await on.asks('dora', 'audit')
    on.discord.setRoles('dora', ['Reviewers'])
    expect((await on.presses('dora', message, 'Export')).text).toContain('the right `audit` is missing')
  })
})

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RequestEntry } from '../src/sandbox/discord/state.ts'
import { ownerToken } from '../src/sandbox/plex/world.ts'
import { address, canary, canaryWorld } from './support/canaries.ts'
import { type Evening, evening } from './support/evening.ts'
import { minutes } from './support/shifted-clock.ts'

interface Deed {
  who: string
  /** What the bot sent to Discord because of it. */
  sent: readonly RequestEntry[]
  /** The addresses that he typed himself, or that are his own. */
  knows: readonly string[]
}

/**
 * An evening on which everybody tries everything: with rights and without, with a member whose account is known, with
 * plex.tv down in between, with closed direct messages, and with a restart.
 */
async function busyEvening(): Promise<{ on: Evening; deeds: Deed[] }> {
  const on = await evening({ plex: canaryWorld })
  const deeds: Deed[] = []
  const act = async <T>(who: string, work: () => Promise<T>, knows: readonly string[] = []): Promise<T> => {
    const before = on.discord.requests.length
    const result = await work()
    deeds.push({ who, sent: on.discord.requests.slice(before), knows })
    return result
  }
  const asks = (who: string, words: string, options = {}, knows: readonly string[] = []) =>
    act(who, () => on.asks(who, words, options), knows)
  const presses = (
    who: string,
    said: Awaited<ReturnType<typeof asks>>,
    label: string,
    knows: readonly string[] = [],
  ) => act(who, () => on.presses(who, said.message, label), knows)

  const alices = address('alice')
  const invited = await asks('dora', 'invite', {
    email: alices,
    member: { user: 'alice' },
    libraries: 'Movies',
  })
  expect(invited.text).toContain(canary)
  // ivo may invite, and may not see addresses: he knows only what he types.
  await asks('ivo', 'invite', { member: { user: 'alice' }, libraries: 'Movies' })
  await asks('ivo', 'invite', { member: { user: 'alice' }, libraries: 'Music' })
  const own = address('typed-by-ivo')
  const his = await asks('ivo', 'invite', { email: own, member: { user: 'bob' }, libraries: 'Music' }, [own])
  await presses('ivo', his, 'Undo')
  on.discord.closeDms('bob')
  await asks('ivo', 'invite', { member: { user: 'bob' }, libraries: 'Music' })
  await asks('ivo', 'invite', { email: 'pat-h', libraries: 'Music' })

  for (const who of ['dora', 'rob', 'ivo', 'alice', 'mallory']) {
    for (const filter of [undefined, 'pending', 'active', 'suspended', 'ended', 'unlinked', 'home']) {
      await asks(who, 'users', filter === undefined ? {} : { filter })
    }
    await asks(who, 'users', { search: 'canary' })
    await asks(who, 'libraries')
    await asks(who, 'libraries', { who: 'mira_q' })
    await asks(who, 'access', { member: { user: 'alice' } })
    await asks(who, 'settings show')
    for (const [command, option] of [
      ['revoke', 'who'],
      ['libraries', 'who'],
      ['invite', 'libraries'],
    ] as const) {
      const options = command === 'invite' ? { libraries: '' } : { [option]: '' }
      await act(who, () => on.discord.person(who).autocomplete(command, options, option))
    }
    const mine = who === 'alice' ? [alices] : []
    for (const sub of ['status', 'export', 'leave', 'forget']) await asks(who, `me ${sub}`, {}, mine)
  }
  for (const name of ['mira_q', 'an address without an account (30000022)']) {
    const list = await asks('rob', 'users')
    await act('rob', () => on.selects('rob', list.message, 'Open somebody', name))
  }

  const question = await asks('dora', 'revoke', { who: 'mira_q', mode: 'suspend', reason: 'a while away' })
  const suspended = await presses('dora', question, 'Suspend')
  await presses('dora', suspended, 'Undo')
  on.discord.openDms('bob')
  const leaving = await asks('alice', 'me leave', {}, [alices])
  // Both could not be carried out, so both are told in a direct message, which stays.
  await on.plex.faults.down()
  await asks('ivo', 'invite', { email: address('later'), libraries: 'Movies' }, [address('later')])
  await presses('alice', leaving, 'Give it back', [alices])
  await on.plex.faults.up()
  // What goes wrong is logged, with the words of Discord and plex.tv, which may quote whatever they like.
  const message = `unknown ${on.discord.token} of ${address('discord')}`
  on.discord.faults.fail(/^PATCH \/webhooks/u, { status: 404, code: 10_015, message })
  const patches = () =>
    on.discord.requests.filter(({ path, method }) => isAnswer({ path }) && method === 'PATCH')
  await act('dora', async () => {
    const before = patches().length
    await (await on.discord.person('dora').slash('users')).acknowledged()
    // Her answer is hers, however late it comes.
    await on.discord.until(() => patches()[before], 'the answer')
  })
  on.discord.faults.fail('POST /users/@me/channels', { status: 400, code: 50_035 })
  const html = { status: 400, contentType: 'text/html', body: `<p>${ownerToken} ${address('html')}</p>` }
  for (const method of ['GET', 'POST']) on.plex.faults.once({ method }, { fault: 'answers', answer: html })
  on.clock.pass(2 * minutes)
  await asks('ivo', 'invite', { member: { user: 'bob' }, libraries: 'Photos' })
  await asks('ivo', 'invite', { email: address('other'), member: { user: 'alice' }, libraries: 'Photos' }, [
    address('other'),
  ])
  await act('nobody', () => on.restart())
  on.clock.pass(5 * minutes)
  await act('nobody', () => on.app.tick())
  expect(on.discord.dmsOf('ivo').at(-1)?.content).toContain('Settled')
  return { on, deeds }
}

const isEntitled = (who: string) => who === 'dora' || who === 'olive'
const isAnswer = ({ path }: Pick<RequestEntry, 'path'>) => /^\/(interactions|webhooks)\//u.test(path)
const textOf = ({ body, files }: RequestEntry) =>
  `${JSON.stringify(body)} ${files.map((file) => file.text).join(' ')}`

describe('on a busy evening', () => {
  test('no address leaves a private answer to somebody who may see it; no secret leaves at all', async () => {
    const { on, deeds } = await busyEvening()

    // To Discord.
    let entitled = 0
    for (const { who, sent, knows } of deeds) {
      for (const request of sent) {
        const known = knows.reduce((text, each) => text.replaceAll(each, ''), textOf(request))
        const tellsAddress = known.toLowerCase().includes(canary)
        if (isEntitled(who) && isAnswer(request)) entitled += tellsAddress ? 1 : 0
        else
          expect([who, request.method, request.path, tellsAddress && known]).toEqual([
            who,
            request.method,
            request.path,
            false,
          ])
        if (!isAnswer(request)) expect(textOf(request)).not.toContain(canary)
      }
    }
    // The check can find something: those who may see addresses do.
    expect(entitled).toBeGreaterThan(10)
    for (const message of on.discord.allMessages().filter(({ ephemeral }) => !ephemeral)) {
      expect(JSON.stringify(message)).not.toContain(canary)
    }

    // Secrets, everywhere.
    const secrets = [
      ownerToken,
      on.discord.token,
      ...on.plex.world.tokens.map(({ token }) => token),
      ...on.plex.world.shares.flatMap(({ accessToken, inviteToken }) => [accessToken, inviteToken ?? '']),
      ...interactionTokens(on),
    ].filter((secret) => secret.length > 5)
    expect(secrets.length).toBeGreaterThan(100)
    const said = on.discord.requests.map(textOf).join('\n')
    const logged = on.logged.join('\n')
    expect(logged).toContain('unknown [secret] of [e-mail]')
    expect(logged).toContain('plex.tv did not answer as hoped')
    for (const secret of secrets) {
      expect([secret, said.includes(secret), logged.includes(secret)]).toEqual([secret, false, false])
    }
    expect(logged.toLowerCase()).not.toContain(canary)

    // On the disk: while it runs, with its log, and after it was closed.
    for (const bytes of [await bytesOf(on), await on.app.stop().then(() => bytesOf(on))]) {
      expect(bytes.includes('v1.')).toBe(true)
      for (const trace of [canary, ...secrets]) {
        for (const form of formsOf(trace)) expect([trace, bytes.includes(form)]).toEqual([trace, false])
      }
    }
  }, 60_000)
})

/** Whoever has one can answer in the bot's name; they stand in paths, and nowhere else. */
const interactionTokens = ({ discord }: Evening) =>
  new Set(
    discord.requests.flatMap(({ path }) => {
      const token = /^\/interactions\/\d+\/([^/]+)\/callback/u.exec(path)?.[1]
      return token === undefined ? [] : [decodeURIComponent(token)]
    }),
  )

/** Every byte of every file beside the database, except the key. */
async function bytesOf({ storeFile }: Evening): Promise<Buffer> {
  const folder = dirname(storeFile)
  const names = (await readdir(folder)).filter((name) => name !== 'encryption.key')
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))))
}

const formsOf = (text: string) => [
  Buffer.from(text),
  Buffer.from(text.toUpperCase()),
  Buffer.from(text, 'utf16le'),
  Buffer.from(Buffer.from(text).toString('base64').slice(0, -4)),
  Buffer.from(Buffer.from(text).toString('hex')),
]

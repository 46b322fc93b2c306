import { appendFile, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadConfig } from '../src/config.ts'
import type { InteractionHandle, Message } from '../src/sandbox/discord/index.ts'
import type { RequestEntry } from '../src/sandbox/discord/state.ts'
import { cloudflareChallenge, type Fault } from '../src/sandbox/plex/fault.ts'
import { ownerToken } from '../src/sandbox/plex/world.ts'
import { address, canary, canaryWorld } from '../test/support/canaries.ts'
import { type Evening, openEvening } from '../test/support/open-evening.ts'
import { minutes } from '../test/support/shifted-clock.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type ForeignHost, startForeignHost } from './support/foreign-host.ts'
import { type Random, randomFrom } from './support/random.ts'
import { bytesBeside, tracesIn } from './support/traces.ts'

export const p14: Campaign = {
  name: 'P14',
  promise:
    'No token, key or e-mail address stands in a log line, an error, a file, or a message to somebody it is not for; a redirect to another host takes nothing there.',
  async run({ seed, size }) {
    const evenings = size === 'full' ? 200 : 4
    const forControl = size === 'full' ? 20 : 2
    return [
      holding(evenings, await runEvenings({ seed, evenings })),
      noticing(
        'the same with unfiltered log lines',
        forControl,
        await runEvenings({ seed, evenings: forControl, redaction: 'off' }),
        ['inLog'],
      ),
      noticing(
        'the same with a token and an address said in a channel, kept in a file, printed, and taken along by a redirect',
        forControl,
        await runEvenings({ seed, evenings: forControl, isPlanted: true }),
        ['inMessages', 'inFiles', 'inOutput', 'atForeignHost'],
      ),
    ]
  },
}

const leaks = ['inLog', 'inOutput', 'inErrors', 'inMessages', 'inFiles', 'atForeignHost'] as const
type Outcome = Record<
  (typeof leaks)[number] | 'deeds' | 'lines' | 'bodies' | 'mayRead' | 'errors' | 'faults' | 'redirects',
  number
>

interface Evenings {
  seed: number
  evenings: number
  redaction?: 'off'
  /** Puts what is looked for in every place where it is looked for. */
  isPlanted?: boolean
}

async function runEvenings({ seed, evenings, redaction, isPlanted = false }: Evenings): Promise<Outcome> {
  const sum: Outcome = {
    ...{ deeds: 0, lines: 0, bodies: 0, mayRead: 0, errors: 0, faults: 0, redirects: 0 },
    ...{ inLog: 0, inOutput: 0, inErrors: 0, inMessages: 0, inFiles: 0, atForeignHost: 0 },
  }
  const foreign = await startForeignHost()
  const output = listenToOutput()
  try {
    const oneEvening = async (number: number) => {
      const on = await openEvening({
        plex: canaryWorld,
        guild: { channels: [{ name: 'general' }, { name: 'reviews' }, { name: 'log' }] },
        ...(redaction ? { logGuards: { redaction } } : {}),
      })
      try {
        const told = await spend(on, randomFrom(seed).part(number), foreign, sum)
        if (isPlanted) await plant(on, foreign)
        await judge(on, told, output, sum)
      } finally {
        await on.end()
      }
    }
    for (let number = 0; number < evenings; number += atOnce) {
      const count = Math.min(atOnce, evenings - number)
      await Promise.all(Array.from({ length: count }, (_, at) => oneEvening(number + at)))
    }
    sum.atForeignHost = foreign.received()
    return sum
  } finally {
    output.end()
    await foreign.close()
  }
}

/** Who reads the answer to an interaction, and which addresses he typed himself or has. */
interface Reader {
  who: string
  knows: readonly string[]
}

const everybody = ['olive', 'dora', 'ivo', 'rob', 'alice', 'bob', 'mallory'] as const
const members = ['alice', 'bob'] as const
const libraries = ['Movies', 'Music', 'Photos', 'TV Shows', 'Movies, Music'] as const
/** Longer is not waited for an answer: Discord or plex.tv failed, and what is looked for is already on its way. */
const patienceMs = 500
/** Most of an evening is waiting, so that several fit into one another. */
const atOnce = 4

/** Fifteen deeds of people with rights and without, while plex.tv and Discord fail in ways that quote what they know. */
async function spend(
  on: Evening,
  random: Random,
  foreign: ForeignHost,
  sum: Outcome,
): Promise<Map<string, Reader>> {
  const told = new Map<string, Reader>()
  // His own address is a member's to read: the one that he, or whoever invited him, said.
  const typed = new Map<string, string[]>(members.map((who) => [who, [address(who)]]))
  const seen: { who: string; message: Message }[] = []
  const does = async (who: string, work: () => Promise<InteractionHandle>) => {
    sum.deeds++
    try {
      const handle = await work()
      told.set(handle.id, { who, knows: typed.get(who) ?? [] })
      const message = await handle.answered(patienceMs).catch(() => undefined)
      if (message) seen.push({ who, message })
      if (!handle.modal) return
      const own = address(`told-by-${who}`)
      typed.set(who, [...(typed.get(who) ?? []), own])
      const submitted = await on.discord.person(who).submit(handle.modal, { account: own })
      told.set(submitted.id, { who, knows: typed.get(who) ?? [] })
      await submitted.answered(patienceMs)
    } catch {
      // No answer came, or his Discord would not have let him: what was sent is judged all the same.
    }
  }
  const asks = (who: string, words: string, options = {}) =>
    does(who, async () => on.discord.person(who).slash(words, options))

  await asks('olive', 'settings channels', { reviewers: { channel: 'reviews' } })
  for (const member of members) {
    if (random.chance(0.7)) await asks('dora', 'invite', inviting(address(member), member, random))
  }
  on.plex.faults.random({ seed: random.below(2 ** 31) })
  for (let deed = 0; deed < 15; deed++) {
    if (random.chance(0.4)) orderFault(on, random, foreign, sum)
    const who = random.pick(everybody)
    const member = random.pick(members)
    switch (random.below(9)) {
      case 0: {
        const email = address(`typed-${deed}`)
        for (const one of [who, member]) typed.set(one, [...(typed.get(one) ?? []), email])
        await asks(who, 'invite', inviting(email, member, random))
        break
      }
      case 1:
        await asks(who, 'users', random.chance(0.5) ? {} : { search: random.pick(['canary', 'mira', '@']) })
        break
      case 2:
        await asks(member, `me ${random.pick(['status', 'export', 'leave', 'forget'])}`)
        break
      case 3:
        await asks(member, 'request', { libraries: random.pick(libraries), note: 'please' })
        break
      case 4: {
        const named = random.pick(['mira_q', 'jonas.b', 'pat-h'])
        await asks(who, random.pick(['revoke', 'libraries']), { who: named })
        break
      }
      case 5:
        await asks(who, random.pick(['access', 'settings show', 'sync', 'audit']), {})
        break
      case 6:
        if (random.chance(0.3)) on.discord.closeDms(member)
        else on.discord.openDms(member)
        break
      case 7:
        await pressSomething(on, random, seen, does)
        break
      default:
        on.clock.pass(random.below(40) * minutes)
        await on.app.tick()
    }
    await pressSomething(on, random, seen, does)
    if (random.chance(0.05)) await on.restart().catch(() => on.restart())
  }
  on.discord.faults.clear()
  on.plex.faults.clear()
  sum.faults += on.plex.requests.filter(({ faults }) => faults.length > 0).length
  on.clock.pass(31 * minutes)
  await on.app.tick()
  return told
}

const inviting = (email: string, user: string, random: Random) => ({
  email,
  member: { user },
  libraries: random.pick(libraries),
})

async function pressSomething(
  on: Evening,
  random: Random,
  seen: readonly { who: string; message: Message }[],
  does: (who: string, work: () => Promise<InteractionHandle>) => Promise<void>,
): Promise<void> {
  const cards = on.discord.messagesIn('reviews').map((message) => ({ who: 'rob', message }))
  const dms = members.flatMap((who) => on.discord.dmsOf(who).map((message) => ({ who, message })))
  const all = [...seen, ...cards, ...dms]
  const one = all[random.below(all.length)]
  if (!one) return
  const ids = [...JSON.stringify(one.message.components).matchAll(/"custom_id":"([^"]+)"/gu)].map(
    ([, id]) => id,
  )
  const id = ids[random.below(ids.length)]
  if (id !== undefined) await does(one.who, async () => on.discord.person(one.who).press(one.message, id))
}

/** One thing that goes wrong next: with an answer that quotes secrets, with a redirect to elsewhere, or without an answer. */
function orderFault({ plex, discord }: Evening, random: Random, foreign: ForeignHost, sum: Outcome): void {
  const quote = `unknown ${ownerToken} X-Plex-Token: ${ownerToken} ${discord.token} of ${address('quoted')}`
  const where = { method: random.pick(['GET', 'GET', 'POST', 'PUT', 'DELETE']) }
  const status = random.pick([301, 302, 303, 307, 308])
  const headers = { location: `${foreign.url}/collect` }
  const place = random.pick([
    /^POST \/interactions/u,
    /^PATCH \/webhooks/u,
    /^POST \/channels/u,
    /^POST \/users/u,
  ])
  const answers = (answer: { status: number; body: string }): Fault => ({
    fault: 'answers',
    answer: { contentType: 'text/html', ...answer },
  })
  const redirects: Fault = { fault: 'answers', answer: { status, contentType: null, body: '', headers } }
  switch (random.below(8)) {
    case 0:
    case 1:
      sum.redirects++
      plex.faults.once(where, redirects)
      break
    case 2:
      plex.faults.once(where, answers({ status: random.pick([400, 403, 422, 500]), body: `<p>${quote}</p>` }))
      break
    case 3:
      plex.faults.once(where, { fault: 'rewritten', body: (text) => `${text.slice(0, -20)}${quote}` })
      break
    case 4:
      plex.faults.once(where, random.pick<Fault>([cloudflareChallenge, { fault: 'reset' }]))
      break
    case 5:
      sum.redirects++
      discord.faults.fail(place, { status, headers, message: quote })
      break
    case 6:
      discord.faults.fail(place, { status: random.pick([400, 403, 404]), code: 50_035, message: quote })
      break
    default:
      discord.faults.cut(place, { afterDoing: random.chance(0.5) })
  }
}

/** What none of the checks may overlook. */
async function plant(on: Evening, foreign: ForeignHost): Promise<void> {
  const words = `${ownerToken} ${address('planted')}`
  on.discord.requests.push({
    ...{ method: 'POST', path: '/channels/1/messages', body: { content: words }, files: [] },
    ...{ at: new Date(), status: 200, answer: undefined },
  })
  await appendFile(join(dirname(on.storeFile), 'cache.json'), words)
  process.stderr.write(`${words}\n`)
  const answer = { status: 302, contentType: null, body: '', headers: { location: foreign.url } }
  on.plex.faults.once({ method: 'GET' }, { fault: 'answers', answer })
  await (await fetch(`${on.plex.url}/api/v2/user`, { headers: { 'X-Plex-Token': ownerToken } })).text()
}

async function judge(
  on: Evening,
  told: ReadonlyMap<string, Reader>,
  output: Output,
  sum: Outcome,
): Promise<void> {
  const open = await bytesBeside(on.storeFile)
  await on.app.stop()
  const closed = await bytesBeside(on.storeFile)
  const key = (await readFile(join(dirname(on.storeFile), 'encryption.key'), 'utf8')).trim()
  const readers = readersByToken(on, told)
  const secrets = [
    ...[ownerToken, on.discord.token, key],
    ...on.plex.world.tokens.map(({ token }) => token),
    ...on.plex.world.shares.flatMap(({ accessToken, inviteToken }) => [accessToken, inviteToken ?? '']),
    ...allInteractionTokens(on),
  ].filter((secret) => secret.length > 5)
  const isSecretIn = (text: string) => secrets.some((secret) => text.includes(secret))
  const isLeakIn = (text: string) => text.toLowerCase().includes(canary) || isSecretIn(text)

  sum.lines += on.logged.length
  sum.inLog += on.logged.filter(isLeakIn).length
  sum.inOutput += output.take().filter(isLeakIn).length
  const errors = errorsAbout([ownerToken, on.discord.token, key, address('configured')])
  sum.errors += errors.length
  sum.inErrors += errors.filter(isLeakIn).length
  sum.inFiles += tracesIn(open, [canary, ...secrets]) + tracesIn(closed, [canary, ...secrets])

  for (const request of on.discord.requests) {
    sum.bodies++
    const text = textOf(request)
    const reader = readers.get(answerToken(request) ?? '')
    const unknown = (reader?.knows ?? []).reduce((left, each) => left.replaceAll(each, ''), text)
    const tellsAddress = unknown.toLowerCase().includes(canary)
    const mayRead = reader !== undefined && ['olive', 'dora'].includes(reader.who)
    if (tellsAddress && mayRead) sum.mayRead++
    if ((tellsAddress && !mayRead) || isSecretIn(text)) sum.inMessages++
  }
}

const textOf = ({ body, files }: RequestEntry) =>
  `${JSON.stringify(body)} ${files.map((file) => file.text).join(' ')}`.replace(/[\\\u200b]/gu, '')

const callback = /^\/interactions\/(\d+)\/([^/]+)\/callback/u
/** An answer's path names its interaction by the token alone. */
const answerToken = ({ path }: RequestEntry) =>
  callback.exec(path)?.[2] ?? /^\/webhooks\/\d+\/([^/]+)/u.exec(path)?.[1]

function readersByToken(on: Evening, told: ReadonlyMap<string, Reader>): Map<string, Reader> {
  const readers = new Map<string, Reader>()
  for (const { path } of on.discord.requests) {
    const [, id = '', token = ''] = callback.exec(path) ?? []
    // What is not in the list was asked by olive, before the evening began.
    if (token !== '') readers.set(token, told.get(id) ?? { who: 'olive', knows: [] })
  }
  return readers
}

const allInteractionTokens = (on: Evening) =>
  new Set(
    on.discord.requests.map((request) => decodeURIComponent(answerToken(request) ?? '')).filter(Boolean),
  )

/** What a start says about settings that are wrong: secrets in the wrong place, or with a slip. */
function errorsAbout(secrets: readonly string[]): string[] {
  const names = [
    'DISCORD_TOKEN',
    'PLEX_TOKEN',
    'ENCRYPTION_KEY',
    'STORAGE_URL',
    'DISCORD_API_URL',
    'LOG_LEVEL',
  ]
  return secrets.flatMap((secret) =>
    names.map((name) => {
      const config = loadConfig({ DISCORD_TOKEN: 'x', [name]: `${secret} `, [`${name}S`]: `${secret} é` })
      return JSON.stringify(config.ok ? config.value : config.problem)
    }),
  )
}

interface Output {
  /** What was written to standard output and standard error since the last time. */
  take(): string[]
  end(): void
}

function listenToOutput(): Output {
  let heard: string[] = []
  const streams = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write
    stream.write = (chunk: string | Uint8Array) => {
      heard.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
      return true
    }
    return () => {
      stream.write = write
    }
  })
  return {
    take() {
      const taken = heard
      heard = []
      return taken
    },
    end: () => {
      for (const restore of streams) restore()
    },
  }
}

function holding(tries: number, outcome: Outcome): Finding {
  const isClean = leaks.every((leak) => outcome[leak] === 0)
  // A check that never saw an address where it may stand, or no fault, has tried nothing.
  const hasTried = outcome.mayRead > 0 && outcome.redirects > 0 && outcome.lines > 0
  return { what: 'random evenings at debug level', tries, seen: outcome, holds: isClean && hasTried }
}

function noticing(
  what: string,
  tries: number,
  outcome: Outcome,
  where: readonly (typeof leaks)[number][],
): Finding {
  return { what, tries, seen: outcome, holds: where.every((leak) => outcome[leak] > 0), isControl: true }
}

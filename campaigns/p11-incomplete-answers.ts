import { gzipSync } from 'node:zlib'
import { mostRemovals } from '../src/sharing/brake.ts'
import type { Guards } from '../src/sharing/deliver.ts'
import type { Person } from '../src/sharing/person.ts'
import type { Campaign, Finding, Run } from './campaign.ts'
import { virtualClock } from './support/clocks.ts'
import { type KnownCrowd, knownCrowd, type Role } from './support/known-crowd.ts'
import { mutate } from './support/list-mutations.ts'
import { type Random, randomFrom } from './support/random.ts'
import {
  type Listed,
  type ListForm,
  listedPeople,
  listForms,
  listText,
  textOf,
} from './support/share-lists.ts'
import { type Speech, type TalkingPlex, talkingPlex } from './support/talking-plex.ts'

/**
 * What counts as a change for the worse, judged by the text of the answer and never by our own reading of it: somebody
 * is believed gone, an end is believed, or an invitation is sent a second time, though the answer still names him
 * anywhere (by the id of his share if he had one, his account, his address or his user name, as a word of its own);
 * somebody is taken for another account, or gets another's share; his recorded libraries change; who had accepted is
 * invited again; or something is removed that is not his.
 */
export const p11: Campaign = {
  name: 'P11',
  promise:
    'An answer that is not provably complete changes nothing: however plex.tv’s list of 200 people is cut, spoilt or replaced, nobody whom it still names is believed gone, taken for another, or sent anything, and reading it is bounded in time and size.',
  async run(run) {
    const { seed, size } = run
    const isFull = size === 'full'
    const random = randomFrom(seed)
    const findings: Finding[] = []
    for (const form of listForms) findings.push(await cutEverywhere(form, run))
    findings.push(await brokenOff(random, isFull ? 600 : 6))
    findings.push(await spoilt(random, isFull ? 20_000 : 50, {}))
    findings.push(await spoilt(random, isFull ? 2_000 : 60, { untold: 'off' }))
    findings.push(await shorter(random, isFull ? 1_000 : 12, {}))
    findings.push(await shorter(random, isFull ? 200 : 12, { brake: 'off' }))
    findings.push(await otherBodies(isFull))
    return findings
  },
}

const crowdSize = 200
/** What the client takes of one answer, and beyond it no more than a read that was under way and the answer's head. */
const mostBytes = 4 * 1024 * 1024 + 256 * 1024
/** 15 s on the wire; between the tries of a read that got no answer at all it waits a moment besides. */
const longestMs = 15_000
const waitsMs = 2_000

interface Sum {
  read: number
  unreadable: number
  noted: number
  goneInVain: number
  endedInVain: number
  sentAgain: number
  wrongPerson: number
  otherLibraries: number
  invitedAgain: number
  strayRemovals: number
  slowestMs: number
  mostBytes: number
}
const nothing = (): Sum => ({
  ...{ read: 0, unreadable: 0, noted: 0, goneInVain: 0, endedInVain: 0, sentAgain: 0, wrongPerson: 0 },
  ...{ otherLibraries: 0, invitedAgain: 0, strayRemovals: 0, slowestMs: 0, mostBytes: 0 },
})
const violations = (sum: Sum) =>
  sum.goneInVain +
  sum.endedInVain +
  sum.sentAgain +
  sum.wrongPerson +
  sum.otherLibraries +
  sum.invitedAgain +
  sum.strayRemovals

/** One plex.tv of one form, and a crowd that it shows. */
interface Scene {
  form: ListForm
  plex: TalkingPlex
  crowd: KnownCrowd
}

const people = listedPeople(crowdSize)
const lists = new Map(listForms.map((form) => [form, listText(form, people)]))
const listOf = (form: ListForm) => lists.get(form) ?? listText(form, people)

async function scene(form: ListForm, guards: Guards, totalMs?: number): Promise<Scene> {
  const clock = virtualClock()
  const plex = await talkingPlex(form, clock, totalMs)
  return { form, plex, crowd: knownCrowd(people, plex.sharing, clock, guards) }
}

async function inScenes<T>(guards: Guards, work: (scenes: readonly [Scene, ...Scene[]]) => Promise<T>) {
  const [first, ...others] = await Promise.all(listForms.map((form) => scene(form, guards)))
  if (!first) throw new Error('there is no form')
  try {
    return await work([first, ...others])
  } finally {
    for (const { plex } of [first, ...others]) plex.close()
  }
}

// ---------------------------------------------------------------------------------------------------------------

/** Cut after every byte: each is read, and what can be read at all is judged; so is every hundredth in any case. */
async function cutEverywhere(form: ListForm, { size }: Run): Promise<Finding> {
  const at = await scene(form, {})
  const sum = nothing()
  const whole = Buffer.from(textOf(listOf(form)))
  const step = size === 'full' ? 1 : Math.ceil(whole.length / 30)
  let tries = 0
  for (let keep = 0; keep < whole.length; keep += step) {
    const body = whole.subarray(0, keep)
    at.plex.say(body)
    at.plex.calm()
    const began = performance.now()
    const reading = await at.plex.sharing.shares('active', { fresh: true })
    measure(at, sum, began)
    tries++
    if (!reading.ok) sum.unreadable++
    if (reading.ok || tries % 100 === 0)
      await attempt(at, body, { role: roleOf(tries), at: tries % crowdSize }, sum)
  }
  at.plex.close()
  return finding(`the list as ${form}, cut after every byte`, tries, sum, false)
}

const roleOf = (n: number): Role => (['known', 'ending', 'inviting'] as const)[n % 3] ?? 'known'

/** The connection ends before the answer does. */
function brokenOff(random: Random, tries: number): Promise<Finding> {
  return inScenes({}, async (scenes) => {
    const sum = nothing()
    for (let n = 0; n < tries; n++) {
      const at = random.pick(scenes)
      const whole = Buffer.from(textOf(listOf(at.form)))
      const keep = random.below(whole.length)
      const speech: Speech = (response) => {
        response.writeHead(200, { 'content-length': whole.length })
        response.write(whole.subarray(0, keep), () => response.destroy())
      }
      const body = whole.subarray(0, keep)
      await attempt(at, body, { role: roleOf(n), at: random.below(crowdSize), speech }, sum)
    }
    return finding('the list, broken off by the connection', tries, sum, false)
  })
}

function spoilt(random: Random, tries: number, guards: Guards): Promise<Finding> {
  return inScenes(guards, async (scenes) => {
    const sum = nothing()
    for (let n = 0; n < tries; n++) {
      const own = random.part(n)
      const at = own.pick(scenes)
      const { body, rows } = mutate(own, listOf(at.form))
      const [first = 0] = rows
      await attempt(at, body, { role: own.pick(['known', 'known', 'ending', 'inviting']), at: first }, sum)
    }
    const isControl = guards.untold === 'off'
    const what = isControl
      ? 'the same, and rows that cannot be told count for nobody'
      : 'the list, with something spoilt in it'
    return finding(what, tries, sum, isControl)
  })
}

/** Somebody is in the middle of something and is looked for; or nobody is, and everybody is compared. */
async function attempt(
  of: Scene,
  body: Buffer,
  { role, at, speech = body }: { role: Role; at: number; speech?: Speech },
  sum: Sum,
): Promise<void> {
  const { plex, crowd } = of
  crowd.begin(at, role)
  plex.say(speech)
  plex.calm()
  const began = performance.now()
  const isRead = role === 'known' ? await crowd.compare() : await crowd.deliver(at)
  if (role === 'known') measure(of, sum, began)
  sum[isRead ? 'read' : 'unreadable']++
  // The same answer once more: it agrees with itself, so whom it did not show might be believed gone.
  if (crowd.isAnybodyMissed()) await crowd.compare()
  judge(of, body, { role, at }, sum)
}

function measure({ plex }: Scene, sum: Sum, began: number): void {
  sum.slowestMs = Math.max(sum.slowestMs, Math.round(performance.now() - began))
  sum.mostBytes = Math.max(sum.mostBytes, plex.bytesRead())
}

function judge(
  { plex, crowd }: Scene,
  body: Buffer,
  { role, at }: { role: Role; at: number },
  sum: Sum,
): void {
  const text = body.toString('latin1')
  for (const [n, listed] of people.entries()) {
    const now = crowd.now(n)
    const before = crowd.before(n)
    if (now === before) continue
    if (n === at && role !== 'known') {
      judgeDecision(plex, now, listed, text, role, sum)
      continue
    }
    if (now.seen.is === 'gone') {
      if (isNamed(text, listed)) sum.goneInVain++
      else sum.noted++
      continue
    }
    sum.noted++
    if (now.seen.is !== 'active') sum.invitedAgain++
    if (now.who.accountId !== before.who.accountId) sum.wrongPerson++
    const shareId = 'shareId' in now.seen ? now.seen.shareId : undefined
    if (people.some((other) => other !== listed && other.shareId === shareId)) sum.wrongPerson++
    if (librariesOf(now) !== librariesOf(before)) sum.otherLibraries++
  }
}

/** plex.tv's own 404 for the id, after it removed it when asked once more, ends an end as well. */
function judgeDecision(
  { writes }: TalkingPlex,
  now: Person,
  listed: Listed,
  text: string,
  role: Role,
  sum: Sum,
): void {
  const asked = writes.filter((write) => write === `DELETE ${listed.shareId}`).length
  if (writes.some((write) => write.startsWith('DELETE') && !text.includes(write.slice(7)))) {
    if (asked === 0) sum.strayRemovals++
  }
  if (role === 'ending' && !now.intent && now.seen.is === 'gone' && asked < 2 && isNamed(text, listed)) {
    sum.endedInVain++
  }
  // Nobody knows the id of a share yet that is being made: an answer that says nothing but it does not name him.
  if (role === 'inviting' && writes.includes('POST') && isAnyIn(text, namesOf(listed))) sum.sentAgain++
}

const isNamed = (text: string, { shareId, ...known }: Listed) => isAnyIn(text, [shareId, ...namesOf(known)])

const namesOf = ({ accountId, username, email }: Omit<Listed, 'shareId'>) => [accountId, username, email]

const isAnyIn = (text: string, names: readonly string[]) =>
  names.some((name) => new RegExp(`(?<![\\w@.-])${name.replaceAll('.', '\\.')}(?![\\w@.-])`, 'u').test(text))

const librariesOf = ({ seen }: Person) => JSON.stringify('access' in seen ? seen.access : undefined)

// ---------------------------------------------------------------------------------------------------------------

/**
 * Rows are taken out so that a list remains which is as good as any: one reading cannot tell it from the truth. The
 * guards are two readings that agree, and the brake.
 */
function shorter(random: Random, tries: number, guards: Guards): Promise<Finding> {
  return inScenes(guards, async (scenes) => {
    const seen = { afterOneReading: 0, believedGone: 0, goneThoughShown: 0, tooMany: 0, alerts: 0, silent: 0 }
    for (let n = 0; n < tries; n++) {
      const own = random.part(n)
      const at = own.pick(scenes)
      const share = own.pick([0.02, 0.1, 0.5, 1])
      const rest = people.filter(() => !own.chance(share))
      at.crowd.begin(0, 'known')
      at.plex.say(Buffer.from(textOf(listText(at.form, rest))))
      await at.crowd.compare()
      const gone = () => people.filter((_, each) => at.crowd.now(each).seen.is === 'gone')
      seen.afterOneReading += gone().length
      await at.crowd.compare()
      const left = gone()
      const most = mostRemovals(crowdSize)
      seen.believedGone += left.length
      seen.goneThoughShown += left.filter((each) => rest.includes(each)).length
      if (left.length > most) seen.tooMany++
      if (crowdSize - rest.length > most && at.crowd.alerts() === 0) seen.silent++
      seen.alerts += at.crowd.alerts()
    }
    const isControl = guards.brake === 'off'
    const isBroken = seen.afterOneReading + seen.goneThoughShown + seen.tooMany + seen.silent > 0
    const holds = isControl ? seen.tooMany > 0 : !isBroken && seen.believedGone > 0 && seen.alerts > 0
    const what = isControl
      ? 'the same with the brake off'
      : 'whole rows taken out, so that a shorter list remains'
    return { what, tries, seen, holds, ...(isControl ? { isControl } : {}) }
  })
}

// ---------------------------------------------------------------------------------------------------------------

/** Answers that are no list, or the list in no form that is known. The slow ones really take their time. */
async function otherBodies(isFull: boolean): Promise<Finding> {
  const sum = nothing()
  let tries = 0
  const totalMs = isFull ? undefined : 900
  for (const form of isFull ? listForms : listForms.slice(0, 1)) {
    const at = await scene(form, {}, totalMs)
    const list = textOf(listOf(form))
    for (const speech of bodies(list)) {
      // What is no answer to anything names nobody: then nothing at all may be believed.
      const role = roleOf(tries)
      await attempt(
        at,
        Buffer.from(Buffer.isBuffer(speech) ? list : ''),
        { role, at: tries % crowdSize, speech },
        sum,
      )
      if (sum.noted > 0) sum.goneInVain += sum.noted
      sum.noted = 0
      tries++
    }
    for (const speech of emptyLists[form]) {
      await attempt(at, Buffer.from(list), { role: 'known', at: 0, speech: Buffer.from(speech) }, sum)
      tries++
    }
    for (const speech of endless) {
      await attempt(at, Buffer.from(list), { role: 'known', at: 0, speech }, sum)
      tries++
    }
    at.plex.close()
  }
  const isBounded = sum.slowestMs <= (totalMs ?? longestMs) + waitsMs && sum.mostBytes <= mostBytes
  const { holds, ...found } = finding(
    'answers that are no list, empty, packed, huge or endless',
    tries,
    sum,
    false,
  )
  return { ...found, holds: holds && isBounded }
}

/** An empty list is one; but of 200 people it is not believed. */
const emptyLists: Record<ListForm, readonly string[]> = {
  'v2 JSON': ['[]', ' [ ] '],
  'v2 XML': ['<sharedServers/>', '<sharedServers></sharedServers>', '[]'],
  'v1 XML': ['<MediaContainer size="0"/>', '<MediaContainer></MediaContainer>'],
}

const page = '<!DOCTYPE html><html><head><title>plex.tv</title></head><body>Just a moment...</body></html>'
const packed =
  (body: string | Buffer): Speech =>
  (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body))
  }
const labelled =
  (body: Buffer, contentType: string): Speech =>
  (response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body)
  }
const refusing =
  (status: number, body = ''): Speech =>
  (response) => {
    response.writeHead(status).end(body)
  }

const bodies = (list: string): Speech[] => [
  ...[
    page,
    '<html/>',
    '',
    ' ',
    'null',
    'true',
    '0',
    '""',
    '{}',
    '{"users":[]}',
    '[null]',
    '[[]]',
    '[{}]',
  ].map((text) => labelled(Buffer.from(text), 'application/json')),
  ...[
    '<MediaContainer size="200"/>',
    '<x/>',
    '<errors><error code="1"/></errors>',
    '<Response code="500"/>',
  ].map((text) => labelled(Buffer.from(text), 'application/xml')),
  ...['{"errors":[{"code":1002,"status":500}]}', 'Unauthorized', `${list}${list}`].map((text) =>
    labelled(Buffer.from(text), 'application/json'),
  ),
  refusing(204),
  refusing(205),
  refusing(302),
  refusing(500, page),
  refusing(503, list),
  // A mark of the byte order before the right text is read over; the wrong alphabet is not.
  labelled(Buffer.from(`\ufeff${list}`), 'application/json'),
  labelled(Buffer.from(`\ufeff${list}`, 'utf16le'), 'application/json'),
  labelled(Buffer.from(list, 'utf16le'), 'application/json; charset=utf-8'),
  labelled(Buffer.from(list.replace('viewer', 'vi\u00e9wer'), 'latin1'), 'application/json; charset=utf-8'),
  labelled(Buffer.from(list), 'application/json; charset=klingon'),
  packed(list),
  packed(Buffer.alloc(64 * 1024 * 1024, ' ')),
  (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(list).subarray(0, -20)),
  (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed'),
  // 64 MiB, said beforehand and not.
  (response) => flood(response, 64 * 1024 * 1024),
  (response) => {
    response.setHeader('content-length', 64 * 1024 * 1024)
    flood(response, 64 * 1024 * 1024)
  },
]

function flood(response: Parameters<Extract<Speech, (response: never) => void>>[0], bytes: number): void {
  let left = bytes
  const piece = Buffer.alloc(64 * 1024, ' ')
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= piece.length
      if (!response.write(piece)) return
    }
    response.end()
  }
  response.on('drain', more)
  more()
}

const endless: readonly Speech[] = [
  /** A byte now and then, for ever. */
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('[')
    const drip = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(drip))
  },
  /** Nothing at all. */
  () => {},
]

function finding(what: string, tries: number, sum: Sum, isControl: boolean): Finding {
  const broken = violations(sum)
  const isBounded = sum.slowestMs <= longestMs + waitsMs && sum.mostBytes <= mostBytes
  return {
    what,
    tries,
    seen: { ...sum },
    holds: isControl ? broken > 0 : broken === 0 && isBounded,
    ...(isControl ? { isControl } : {}),
  }
}

import type { InteractionHandle, Message } from '../../src/sandbox/discord/index.ts'
import type { Component } from '../../src/sandbox/discord/message.ts'
import type { RequestEntry } from '../../src/sandbox/discord/state.ts'
import type { PlexDifferences } from '../../src/sandbox/plex/world.ts'
import type { Random } from './random.ts'
import type { TakenOut } from './taken-out.ts'
import { type Surroundings, surroundings, type WholeBot } from './whole-bot.ts'

/** An evening of people of every level with the whole bot: each deed goes over the WebSocket, each answer over REST. */
export interface WireEvening extends Surroundings {
  bot: WholeBot
  /** Deeds so far, also those that his Discord would not have let him do. */
  deeds(): number
  asks(who: string, words: string, options?: Options, knows?: readonly string[]): Promise<void>
  /** It is his own address: whoever invited him said so, and he may read it. */
  isOf(who: string, address: string): void
  types(who: string, words: string, option: string, typed: string): Promise<void>
  /** Somebody presses or chooses something of what he has read, and fills in what is asked then. */
  pressesSomething(random: Random, fill: () => Filling): Promise<void>
  /** Who reads the answer that this request is a part of; nobody where everybody of a channel or a DM reads it. */
  readerOf(request: RequestEntry): Reader | undefined
}

type Options = Parameters<ReturnType<Surroundings['discord']['person']>['slash']>[1]

export interface Filling {
  text: string
  /** Whether it is an address of his own, which he then knows. */
  isKnown?: boolean
}

export interface Reader {
  who: string
  /** What he typed himself, or is his own. */
  knows: readonly string[]
  /** Whether he alone reads it. */
  isPrivate: boolean
}

export const everybody = ['olive', 'dora', 'ivo', 'rob', 'alice', 'bob', 'mallory'] as const
const levels = { Managers: 'manager', Inviters: 'inviter', Reviewers: 'reviewer', Friends: 'member' }
const patienceMs = 5_000

export async function wireEvening(
  options: { plex?: PlexDifferences; takenOut?: TakenOut } = {},
): Promise<WireEvening> {
  const on = await surroundings({ ...options, guild })
  const { discord } = on
  let bot: WholeBot
  try {
    bot = await on.start()
  } catch (error) {
    await on.close()
    throw error
  }
  const readers = new Map<string, Reader>()
  const known = new Map<string, string[]>()
  const seen: { who: string; message: Message }[] = []
  let deeds = 0

  const does = async (
    who: string,
    work: () => Promise<InteractionHandle>,
    about: { source?: Message; knows?: readonly string[]; fill?: () => Filling } = {},
  ): Promise<void> => {
    deeds++
    const knows = known.get(who) ?? []
    knows.push(...(about.knows ?? []))
    known.set(who, knows)
    try {
      const handle = await work()
      // What updates a message is read where that one is read.
      const isUpdatePrivate = about.source === undefined || about.source.ephemeral
      readers.set(handle.id, { who, knows, isPrivate: isUpdatePrivate })
      await handle.acknowledged()
      const { modal } = handle
      if (modal) {
        const { text, isKnown = false } = about.fill?.() ?? { text: 'x' }
        if (isKnown) knows.push(text)
        const fields = modal.components.map((each) => each.component?.custom_id ?? '')
        const values = Object.fromEntries(fields.map((field) => [field, text]))
        await does(
          who,
          () => discord.person(who).submit(modal, values),
          about.source ? { source: about.source } : {},
        )
        return
      }
      seen.push({ who, message: await handle.answered(patienceMs) })
    } catch {
      // His Discord would not have let him, or no answer came: what was sent is judged all the same.
    }
  }

  const evening: WireEvening = {
    ...on,
    bot,
    deeds: () => deeds,
    asks: (who, words, asked, knows = []) =>
      does(who, () => discord.person(who).slash(words, asked), { knows }),
    isOf(who, address) {
      const knows = known.get(who) ?? []
      knows.push(address)
      known.set(who, knows)
    },
    async types(who, words, option, typed) {
      deeds++
      const before = discord.requests.length
      await discord
        .person(who)
        .autocomplete(words, { [option]: typed }, option)
        .catch(() => undefined)
      // One thing after the other: the callback that came is that of this keystroke.
      for (const { path } of discord.requests.slice(before)) {
        const [, id] = callback.exec(path) ?? []
        if (id !== undefined && !readers.has(id)) {
          readers.set(id, { who, knows: known.get(who) ?? [], isPrivate: true })
        }
      }
    },
    async pressesSomething(random, fill) {
      const cards = discord.messagesIn('reviews').map((message) => ({ who: 'rob', message }))
      const dms = everybody.flatMap((who) => discord.dmsOf(who).map((message) => ({ who, message })))
      // The newest of each: older buttons are mostly dead.
      const all = [...seen.slice(-6), ...cards.slice(-4), ...dms.slice(-4)]
      const one = all[random.below(all.length)]
      const now = one && discord.allMessages().find(({ id }) => id === one.message.id)
      const parts = now?.components.flatMap((row) => row.components ?? []).filter((each) => each.custom_id)
      const part = parts?.[random.below(parts.length)]
      if (!one || !now || !part) return
      await does(one.who, () => use(one.who, now, part, random), { source: now, fill })
    },
    readerOf(request) {
      const { path, body } = request
      const [, id] = callback.exec(path) ?? []
      if (id !== undefined) return withFlags(readers.get(id), body)
      const token = /^\/webhooks\/\d+\/([^/]+)/u.exec(path)?.[1]
      if (token === undefined) return undefined
      const first = callbacks().get(token)
      return first && withFlags(readers.get(first.id), first.body)
    },
  }

  /** The callback of each interaction by its token: a later edit is read by whoever read that. */
  function callbacks(): ReadonlyMap<string, { id: string; body: unknown }> {
    if (indexed.upTo !== discord.requests.length) {
      for (const { path, body } of discord.requests.slice(indexed.upTo)) {
        const [, id = '', token = ''] = callback.exec(path) ?? []
        if (token !== '') indexed.byToken.set(token, { id, body })
      }
      indexed.upTo = discord.requests.length
    }
    return indexed.byToken
  }
  const indexed = { upTo: 0, byToken: new Map<string, { id: string; body: unknown }>() }

  function use(who: string, message: Message, part: Component, random: Random) {
    const person = discord.person(who)
    const customId = part.custom_id ?? ''
    if (part.options === undefined) return person.press(message, customId)
    const values = part.options.map(({ value }) => value)
    const some = values.filter(() => random.chance(0.4)).slice(0, part.max_values ?? 1)
    return person.select(message, customId, some.length > 0 ? some : values.slice(0, 1))
  }

  await evening.asks('olive', 'settings channels', {
    reviewers: { channel: 'reviews' },
    log: { channel: 'log' },
  })
  for (const [role, level] of Object.entries(levels)) {
    await evening.asks('olive', 'settings roles', { role: { role }, level })
  }
  return evening
}

const callback = /^\/interactions\/(\d+)\/([^/]+)\/callback/u
const ephemeral = 64

/** New messages say themselves whether they are private; choices and forms always are; updates are as their message is. */
function withFlags(reader: Reader | undefined, body: unknown): Reader | undefined {
  if (!reader) return undefined
  const { type, data } = Object(body) as { type?: number; data?: { flags?: number } } // Discord's own form of it.
  const isNew = type === 4 || type === 5
  const isOwn = type === 8 || type === 9
  const isPrivate = isNew ? ((data?.flags ?? 0) & ephemeral) !== 0 : isOwn || reader.isPrivate
  return { ...reader, isPrivate }
}

const guild = {
  roles: Object.keys(levels).map((name) => ({ name })),
  channels: [{ name: 'general' }, { name: 'reviews' }, { name: 'log' }],
  members: [
    { user: { username: 'olive' } },
    { user: { username: 'dora' }, roles: ['Managers'] },
    { user: { username: 'ivo' }, roles: ['Inviters'] },
    { user: { username: 'rob' }, roles: ['Reviewers'] },
    { user: { username: 'alice' }, roles: ['Friends'] },
    { user: { username: 'bob' }, roles: ['Friends'] },
    { user: { username: 'mallory' } },
  ],
}

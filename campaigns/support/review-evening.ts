import type { InteractionHandle, Message } from '../../src/sandbox/discord/index.ts'
import type { JsonObject } from '../../src/sandbox/discord/json.ts'
import type { TakenOut } from './taken-out.ts'
import { type Surroundings, surroundings, type WholeBot } from './whole-bot.ts'

/** The whole bot in a guild with reviewers, and in another one in which rob is a manager. */
export interface ReviewEvening extends Surroundings {
  bot(): WholeBot
  /** Ends the process, takes the next one on the same file. Says with which code it ended. */
  restart(signal: NodeJS.Signals): Promise<number | null>
  asks(who: string, words: string, options?: Options, guild?: string): Promise<Message>
  /** Somebody new comes and asks for Movies, with an account that nobody knows yet. */
  requests(name: string): Promise<Requested>
  /** What Discord would send of somebody there, without id and token. */
  sentBy(who: string, guild?: string): JsonObject
}

type Options = Parameters<ReturnType<Surroundings['discord']['person']>['slash']>[1]

export interface Requested {
  who: string
  email: string
  requestId: string
  card: Message
  /** What the asker reads, with the button to take it back. */
  receipt: Message
}

const levels = { Managers: 'manager', Inviters: 'inviter', Reviewers: 'reviewer', Friends: 'member' }
export const here = 'Cinema Club'
export const elsewhere = 'Book Club'

export async function reviewEvening(
  options: { takenOut?: TakenOut; remember?: number } = {},
): Promise<ReviewEvening> {
  const on = await surroundings({ ...options, guild })
  const { discord } = on
  const other = discord.addGuild({
    name: elsewhere,
    owner: 'otto',
    roles: [{ name: 'Readers' }],
    channels: [{ name: 'books' }],
    members: [{ user: { username: 'otto' } }, { user: { username: 'rob' }, roles: ['Readers'] }],
  })
  let bot: WholeBot
  const answered = async (handle: Promise<InteractionHandle>) => (await handle).answered()

  const evening: ReviewEvening = {
    ...on,
    bot: () => bot,
    async restart(signal) {
      bot.kill(signal)
      const code = await bot.ends()
      bot = await on.start()
      return code
    },
    asks: (who, words, given, where = here) =>
      answered(discord.person(who).slash(words, given, { guild: where })),
    async requests(name) {
      discord.joinGuild(name, { guild: here, roles: ['Friends'] })
      const email = `${name}@example.com`
      const person = discord.person(name)
      const asked = await asksForMovies(name)
      const form = await (await person.press(asked, 'Tell my Plex account')).modalShown()
      const receipt = await answered(person.submit(form, { account: email }))
      const requestId = idsIn(receipt)[0]?.split(':')[2] ?? ''
      const card = await discord.until(
        () => discord.messagesIn('reviews').findLast((each) => idsIn(each)[0]?.endsWith(requestId)),
        'the card of the request',
      )
      return { who: name, email, requestId, card, receipt }
    },
    sentBy(who, name = here) {
      const found = name === elsewhere ? other : discord.world.guilds[0]
      const member = found?.members.find(({ user }) => user.username === who)
      if (!found || !member) throw new Error(`${who} is not in ${name}`)
      const user = { id: member.user.id, username: who, discriminator: '0', global_name: null, avatar: null }
      return {
        application_id: discord.world.application.id,
        version: 1,
        guild_id: found.id,
        guild: { id: found.id, locale: 'en-US', features: [] },
        locale: 'en-US',
        context: 0,
        member: { user, roles: member.roles, permissions: '0', joined_at: member.joinedAt },
      }
    },
  }
  /** On a busy machine plex.tv may be late for a command, which is told then: it is asked again. */
  async function asksForMovies(name: string, attempts = 5): Promise<Message> {
    const asked = await evening.asks(name, 'request', { libraries: 'Movies' })
    if (idsIn(asked).length > 0) return asked
    if (attempts === 1) throw new Error(`he may not ask: ${asked.content}`)
    return asksForMovies(name, attempts - 1)
  }

  try {
    bot = await on.start()
    await evening.asks('olive', 'settings channels', { reviewers: { channel: 'reviews' } })
    for (const [role, level] of Object.entries(levels)) {
      await evening.asks('olive', 'settings roles', { role: { role }, level })
    }
    await evening.asks('otto', 'settings roles', { role: { role: 'Readers' }, level: 'manager' }, elsewhere)
  } catch (error) {
    await on.close()
    throw error
  }
  return evening
}

export const idsIn = ({ components }: Pick<Message, 'components'>) =>
  [...JSON.stringify(components).matchAll(/"custom_id":"([^"]+)"/gu)].map(([, id = '']) => id)

const guild = {
  roles: Object.keys(levels).map((name) => ({ name })),
  channels: [{ name: 'general' }, { name: 'reviews' }],
  members: [
    { user: { username: 'olive' } },
    { user: { username: 'dora' }, roles: ['Managers'] },
    { user: { username: 'ivo' }, roles: ['Inviters'] },
    { user: { username: 'rob' }, roles: ['Reviewers'] },
    { user: { username: 'rita' }, roles: ['Reviewers'] },
    { user: { username: 'bob' }, roles: ['Friends'] },
    { user: { username: 'mallory' } },
  ],
}

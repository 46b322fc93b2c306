import type { InteractionHandle, Message, ModalValues } from '../../src/sandbox/discord/index.ts'
import { type Differences, type Evening, evening, type Said, timeless } from './evening.ts'

/** An evening with a reviewers' channel, and what members and reviewers do there. */
export interface Reviews extends Evening {
  /** A member asks with an account that he types, and reads what is said then. */
  requests(who: string, libraries: string, account: string, note?: string): Promise<Said>
  /** The cards that hang in the reviewers' channel. */
  cards(): Message[]
  /** The newest card as everybody there reads it. */
  card(): string
  /** Somebody presses a button of the newest card, fills in the form, and reads what is said then. */
  fills(who: string, label: string, values: ModalValues, message?: Message): Promise<Said>
  /** What the newest direct message to somebody says. */
  dm(who: string): string | undefined
  newestCard(): Message
}

export async function reviews(differences: Differences = {}): Promise<Reviews> {
  const on = await evening({
    ...differences,
    guild: { channels: [{ name: 'general' }, { name: 'reviews' }, { name: 'other' }], ...differences.guild },
  })
  await on.asks('olive', 'settings channels', { reviewers: { channel: 'reviews' } })
  const { discord } = on
  const said = async (handle: InteractionHandle): Promise<Said> => {
    const message = await handle.answered()
    return { text: timeless(discord.textOf(message)), message, handle }
  }
  const cards = () => discord.messagesIn('reviews')
  const newestCard = () => {
    const card = cards().at(-1)
    if (!card) throw new Error('no card hangs in the reviewers’ channel')
    return card
  }
  const fills = async (who: string, label: string, values: ModalValues, message = newestCard()) => {
    const modal = await (await discord.person(who).press(message, label)).modalShown()
    return said(await discord.person(who).submit(modal, values))
  }
  // The evening's own getter for the app that runs now is kept.
  return Object.assign(on, {
    cards,
    newestCard,
    card: () => timeless(discord.textOf(newestCard())),
    fills,
    dm: (who: string) => {
      const last = discord.dmsOf(who).at(-1)
      return last && timeless(discord.textOf(last))
    },
    async requests(who: string, libraries: string, account: string, note?: string) {
      const asked = await on.asks(who, 'request', { libraries, ...(note === undefined ? {} : { note }) })
      return fills(who, 'Tell my Plex account', { account }, asked.message)
    },
  })
}

import { DiscordAPIError, type REST, Routes } from 'discord.js'
import { z } from 'zod'
import type { ChannelId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { LogCard } from '../sharing/log-card.ts'
import type { LogBoard } from '../sharing/ports.ts'
import { bodyOf } from './answers.ts'
import { logCardView } from './views/log-card.ts'

const message = z.object({ id: z.string() })

/** The cards in a log channel. What Discord refuses is said, never thrown: a card can be shown later. */
export function createLogBoard(rest: REST, log: Log, newNonce: () => string): LogBoard {
  return {
    async show(channelId, card, messageId) {
      try {
        const changed = messageId !== undefined && (await edited(channelId, messageId, card))
        return { is: 'shown', messageId: changed ? messageId : await posted(channelId, card) }
      } catch (error) {
        const code = codeOf(error)
        if (code === unknownChannel) return { is: 'gone' }
        if (code !== undefined && mayNotWrite.has(code)) return { is: 'notWritable' }
        log.warn({ channelId, error }, 'a card of the log channel could not be shown')
        return { is: 'failed' }
      }
    },
  }

  async function posted(channelId: ChannelId, card: LogCard): Promise<string> {
    // discord.js sends a POST again after a server error: the nonce keeps the message from doubling.
    const body = { ...bodyOf(logCardView(card)), nonce: newNonce(), enforce_nonce: true }
    return message.parse(await rest.post(Routes.channelMessages(channelId), { body })).id
  }

  /** `false` where somebody deleted the message: then a new one is posted. */
  async function edited(channelId: ChannelId, messageId: string, card: LogCard): Promise<boolean> {
    try {
      await rest.patch(Routes.channelMessage(channelId, messageId), { body: bodyOf(logCardView(card)) })
      return true
    } catch (error) {
      if (codeOf(error) === unknownMessage) return false
      throw error
    }
  }
}

const codeOf = (error: unknown) => (error instanceof DiscordAPIError ? Number(error.code) : undefined)

/** @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const unknownChannel = 10_003
const unknownMessage = 10_008
const mayNotWrite = new Set([50_001, 50_013])

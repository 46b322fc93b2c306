import { DiscordAPIError, type REST, Routes } from 'discord.js'
import { z } from 'zod'
import type { Log } from '../lib/log.ts'
import type { ReviewCards } from '../sharing/ports.ts'
import { bodyOf } from './answers.ts'
import { requestCard } from './views/request-card.ts'

const message = z.object({ id: z.string() })

/** The cards in the reviewers' channel. What Discord refuses is said, never thrown: a card can be hung up later. */
export function createReviewCards(rest: REST, log: Log): ReviewCards {
  return {
    async post(channelId, card) {
      // The request's own id: a card whose posting a crash interrupted is not hung up a second time within minutes.
      const once = { nonce: card.request.id, enforce_nonce: true }
      try {
        const body = { ...bodyOf(requestCard(card)), ...once }
        const { id } = message.parse(await rest.post(Routes.channelMessages(channelId), { body }))
        return { posted: { channelId, messageId: id } }
      } catch (error) {
        const code = codeOf(error)
        if (code === unknownChannel) return { notPosted: 'gone' }
        if (code !== undefined && mayNotWrite.has(code)) return { notPosted: 'notWritable' }
        log.warn({ channelId, error }, 'a card could not be posted')
        return { notPosted: 'failed' }
      }
    },

    async edit({ channelId, messageId }, card) {
      try {
        await rest.patch(Routes.channelMessage(channelId, messageId), { body: bodyOf(requestCard(card)) })
        return 'edited'
      } catch (error) {
        const code = codeOf(error)
        // A channel that the bot may not see any more holds a card that nobody can press with effect either.
        if (code === unknownMessage || code === unknownChannel || code === missingAccess) return 'gone'
        log.warn({ channelId, error }, 'a card could not be changed')
        return 'failed'
      }
    },
  }
}

const codeOf = (error: unknown) => (error instanceof DiscordAPIError ? Number(error.code) : undefined)

/** @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const unknownChannel = 10_003
const unknownMessage = 10_008
const missingAccess = 50_001
const mayNotWrite = new Set([missingAccess, 50_013])

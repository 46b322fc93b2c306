import type { GuildId, MemberId } from '../lib/ids.ts'
import { InTurn } from '../lib/in-turn.ts'
import { type Link, type Links, StoreUnavailable } from '../sharing/ports.ts'
import type { Cipher } from './cipher.ts'
import { type IsOver, withinDeadline } from './deadline.ts'
import type { KeyedHash } from './index-key.ts'
import { parseLink } from './parse-link.ts'
import { assertKey, type Change, type Rows } from './rows.ts'
import { sealOf } from './sealed-rows.ts'

export const linksNamespace = 'links'
const mostAttempts = 100

/**
 * Links in two rows each, one under the member and one under a keyed hash of the address. Both are written in one
 * step, so there is never one without the other, and both hold the whole link, so a look-up is one read.
 */
export function createLinks({ rows, cipher, keyedHash }: LinksOptions): Links {
  const turns = new InTurn()
  const { seal, open } = sealOf(linksNamespace, parseLink, cipher)

  const memberKey = (guildId: GuildId, memberId: MemberId) => checked(`member:${guildId}:${memberId}`)
  const emailKey = (guildId: GuildId, email: string) =>
    checked(`email:${guildId}:${keyedHash(`email of ${guildId}`, sameAddress(email))}`)
  const emailKeyOf = ({ guildId, who }: Link) =>
    who.email === undefined ? undefined : emailKey(guildId, who.email)

  async function read(key: string): Promise<{ text: string | undefined; link: Link | undefined }> {
    const text = await rows.get(key)
    return { text, link: text === undefined ? undefined : open({ key, text }) }
  }

  /** `undefined` where another process was faster. */
  async function tryLink(link: Link): Promise<'linked' | 'taken' | undefined> {
    const key = memberKey(link.guildId, link.memberId)
    const before = await read(key)
    const changes: Change[] = [{ key, from: before.text, to: seal(key, link) }]

    const newAddress = emailKeyOf(link)
    if (newAddress !== undefined) {
      const holder = await read(newAddress)
      if (holder.link && holder.link.memberId !== link.memberId) return 'taken'
      changes.push({ key: newAddress, from: holder.text, to: seal(newAddress, link) })
    }
    const oldAddress = before.link && emailKeyOf(before.link)
    if (oldAddress !== undefined && oldAddress !== newAddress) {
      changes.push({ key: oldAddress, from: await rows.get(oldAddress), to: undefined })
    }
    return (await rows.swap(changes)) ? 'linked' : undefined
  }

  async function tryUnlink(guildId: GuildId, memberId: MemberId): Promise<true | undefined> {
    const key = memberKey(guildId, memberId)
    const before = await read(key)
    if (!before.link) return true
    const changes: Change[] = [{ key, from: before.text, to: undefined }]
    const address = emailKeyOf(before.link)
    if (address !== undefined) changes.push({ key: address, from: await rows.get(address), to: undefined })
    return (await rows.swap(changes)) || undefined
  }

  async function untilDone<T>(attempt: () => Promise<T | undefined>, isOver: IsOver): Promise<T> {
    for (let attempts = 0; attempts < mostAttempts && !isOver(); attempts++) {
      const done = await attempt()
      if (done !== undefined) return done
    }
    throw new StoreUnavailable('links: could not be changed, not in time')
  }

  return {
    ofMember: async (guildId, memberId) => {
      const key = memberKey(guildId, memberId)
      return withinDeadline('links: ofMember', async () => (await read(key)).link)
    },
    ofEmail: async (guildId, email) => {
      const key = emailKey(guildId, email)
      return withinDeadline('links: ofEmail', async () => (await read(key)).link)
    },
    link: (link) =>
      withinDeadline('links: link', (isOver) =>
        turns.run(link.guildId, () => untilDone(() => tryLink(link), isOver)),
      ),
    forgetGuild: async (guildId) => {
      for (const kind of ['member', 'email']) {
        const ofGuild = await withinDeadline('links: list', () => rows.range(checked(`${kind}:${guildId}:`)))
        for (const { key, text } of ofGuild) {
          await withinDeadline('links: forget', () => rows.swap([{ key, from: text, to: undefined }]))
        }
      }
    },
    unlink: async (guildId, memberId) => {
      await withinDeadline('links: unlink', (isOver) =>
        turns.run(guildId, () => untilDone(() => tryUnlink(guildId, memberId), isOver)),
      )
    },
  }
}

export interface LinksOptions {
  rows: Rows
  cipher: Cipher
  keyedHash: KeyedHash
}

/** Providers tell addresses apart by case in theory only; plex.tv does not. */
const sameAddress = (email: string) => email.trim().normalize('NFC').toLowerCase()

function checked(key: string): string {
  assertKey(key)
  return key
}

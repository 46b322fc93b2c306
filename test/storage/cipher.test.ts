import { describe, expect, it } from 'vitest'
import { CannotOpen, createCipher } from '../../src/storage/cipher.ts'
import { parseKeys } from '../../src/storage/keys.ts'
import { keys, newKey } from './temporary-store.ts'

const place = { namespace: 'people', key: '1:2' }

describe('the cipher', () => {
  it('opens what it sealed, and seals the same text differently each time', () => {
    const cipher = createCipher(keys(newKey()))
    const [one, two] = [cipher.seal(place, 'alice'), cipher.seal(place, 'alice')]
    expect(one).not.toBe(two)
    expect(cipher.open(place, one)).toBe('alice')
    expect(cipher.open(place, two)).toBe('alice')
    expect(one).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/)
  })

  it('opens an empty text and a long one', () => {
    const cipher = createCipher(keys(newKey()))
    for (const text of ['', 'ü🍿'.repeat(50_000)])
      expect(cipher.open(place, cipher.seal(place, text))).toBe(text)
  })

  it('notices every single flipped bit of an envelope', () => {
    const cipher = createCipher(keys(newKey()))
    const envelope = Buffer.from(cipher.seal(place, 'alice@example.com may watch Films'))
    let flips = 0
    for (let bit = 0; bit < envelope.length * 8; bit++) {
      const changed = Buffer.from(envelope)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(() => cipher.open(place, changed.toString('utf8')), `bit ${bit}`).toThrow(CannotOpen)
      flips++
    }
    expect(flips).toBeGreaterThan(500)
  })

  it('notices every way of cutting an envelope short or making it longer', () => {
    const cipher = createCipher(keys(newKey()))
    const envelope = cipher.seal(place, 'alice')
    for (let length = 0; length < envelope.length; length++) {
      expect(() => cipher.open(place, envelope.slice(0, length))).toThrow(CannotOpen)
    }
    for (const more of ['A', '=', '.', ' ', '\n']) {
      expect(() => cipher.open(place, envelope + more)).toThrow(CannotOpen)
    }
  })

  it('does not open a row that was moved to another key or namespace', () => {
    const cipher = createCipher(keys(newKey()))
    const envelope = cipher.seal(place, 'alice')
    for (const other of [
      { namespace: 'people', key: '1:3' },
      { namespace: 'drafts', key: '1:2' },
      { namespace: 'people:1', key: '2' },
      { namespace: 'peopl', key: 'e1:2' },
    ]) {
      expect(() => cipher.open(other, envelope)).toThrow(CannotOpen)
    }
  })

  it('seals with the first of several keys and opens with all', () => {
    const [old, current] = [newKey(), newKey()]
    const before = createCipher(keys(old)).seal(place, 'from before')
    const cipher = createCipher(keys(current, old))
    expect(cipher.open(place, before)).toBe('from before')
    expect(cipher.isUnderOldKey(before)).toBe(true)
    expect(cipher.isUnderOldKey(cipher.seal(place, 'now'))).toBe(false)
    expect(createCipher(keys(current)).open(place, cipher.seal(place, 'now'))).toBe('now')
  })

  it('tells a key that is not at hand from a changed envelope', () => {
    const sealed = createCipher(keys(newKey())).seal(place, 'alice')
    const other = createCipher(keys(newKey()))
    expect(() => other.open(place, sealed)).toThrow(expect.objectContaining({ reason: 'unknownKey' }))
    expect(() => other.open(place, 'plain text')).toThrow(expect.objectContaining({ reason: 'changed' }))
  })
})

describe('keys', () => {
  it('are base64 of 32 bytes, one or several, separated by commas or lines', () => {
    const [one, two] = [newKey(), newKey()]
    expect(parseKeys(one)?.map((key) => key.reveal())).toEqual([one])
    expect(parseKeys(` ${one} , ${two}\n`)?.map((key) => key.reveal())).toEqual([one, two])
    expect(parseKeys(`${one}\n${two}\n`)?.map((key) => key.reveal())).toEqual([one, two])
  })

  it.each([
    ['nothing', ''],
    ['a password', 'correct horse battery staple'],
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['64 hexadecimal digits', 'ab'.repeat(32)],
    ['a good one and a bad one', `${Buffer.alloc(32).toString('base64')},x`],
  ])('are not %s', (_, text) => {
    expect(parseKeys(text)).toBeUndefined()
  })
})

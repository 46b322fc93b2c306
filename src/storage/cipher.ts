import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import type { Secret } from '../lib/secret.ts'

/** Seals text so that it opens only in the row it was sealed for. */
export interface Cipher {
  /** The key that new rows are sealed with. */
  readonly currentKeyId: string
  seal(place: Place, text: string): string
  /** Throws `CannotOpen` where the envelope was changed, moved, or sealed with a key that is not at hand. */
  open(place: Place, envelope: string): string
  /** Whether the envelope was sealed with an older key than the current one. */
  isUnderOldKey(envelope: string): boolean
}

/** Where an envelope lies. It is part of what is authenticated: swapped rows do not open. */
export interface Place {
  namespace: string
  key: string
}

export class CannotOpen extends Error {
  override name = 'CannotOpen'
  readonly reason: 'unknownKey' | 'changed'

  constructor(reason: 'unknownKey' | 'changed') {
    super(reason === 'unknownKey' ? 'sealed with a key that is not at hand' : 'changed since it was sealed')
    this.reason = reason
  }
}

export const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM with keys derived by HKDF-SHA-256 from the 32-byte master keys (base64). The first key seals, all open.
 * An envelope is `v1.<key id>.<base64url of iv, tag, ciphertext>`.
 */
export function createCipher(masterKeys: readonly [Secret, ...Secret[]]): Cipher {
  const current = derive(masterKeys[0])
  const all = new Map(masterKeys.map(derive).map((key) => [key.id, key]))

  return {
    currentKeyId: current.id,

    seal(place, text) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', current.key, iv)
      cipher.setAAD(associatedData(current.id, place))
      const sealed = [cipher.update(text, 'utf8'), cipher.final()]
      return `v1.${current.id}.${Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString('base64url')}`
    },

    open(place, envelope) {
      const { keyId, bytes } = split(envelope)
      const key = all.get(keyId)
      if (!key) throw new CannotOpen('unknownKey')
      const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(associatedData(keyId, place))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      try {
        const text = decipher.update(bytes.subarray(ivBytes + tagBytes))
        // GCM gives everything in `update`; `final` only says whether it may be believed.
        decipher.final()
        return text.toString('utf8')
      } catch {
        throw new CannotOpen('changed')
      }
    },

    isUnderOldKey: (envelope) => split(envelope).keyId !== current.id,
  }
}

interface DerivedKey {
  /** Names the key without telling it: derived as well, 48 bits. */
  id: string
  key: KeyObject
}

function derive(masterKey: Secret): DerivedKey {
  const master = Buffer.from(masterKey.reveal(), 'base64')
  if (master.length !== keyBytes) throw new RangeError(`A master key is ${keyBytes} bytes`)
  const part = (purpose: string, length: number) =>
    new Uint8Array(hkdfSync('sha256', master, '', `usherr ${purpose}`, length))
  return {
    id: Buffer.from(part('key id v1', 6)).toString('base64url'),
    key: createSecretKey(part('rows v1', keyBytes)),
  }
}

/** The id of a master key: what envelopes call it. */
export const keyIdOf = (masterKey: Secret) => derive(masterKey).id

export function split(envelope: string): { keyId: string; bytes: Buffer } {
  const [version, keyId, payload, ...rest] = envelope.split('.')
  if (version !== 'v1' || keyId === undefined || payload === undefined || rest.length > 0) {
    throw new CannotOpen('changed')
  }
  const bytes = Buffer.from(payload, 'base64url')
  // Node decodes leniently: it skips strange characters and ignores the spare bits of the last one.
  if (bytes.length < ivBytes + tagBytes || bytes.toString('base64url') !== payload)
    throw new CannotOpen('changed')
  return { keyId, bytes }
}

/** JSON keeps the three apart: `a` with key `b:c` is not `a:b` with key `c`. */
function associatedData(keyId: string, { namespace, key }: Place): Buffer {
  return Buffer.from(JSON.stringify(['v1', keyId, namespace, key]))
}

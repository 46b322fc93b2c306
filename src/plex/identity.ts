import { platform, release } from 'node:os'

/** Who we say we are. plex.tv enforces the client identifier; the rest is what the owner sees among his devices. */
export function identify(clientIdentifier: string, version = '0'): Record<string, string> {
  return {
    'X-Plex-Client-Identifier': clientIdentifier,
    'X-Plex-Product': product,
    'X-Plex-Version': version,
    'X-Plex-Platform': 'Node.js',
    'X-Plex-Platform-Version': process.versions.node,
    'X-Plex-Device': `${platform()} ${release()}`.replace(/[^\x20-\x7e]/gu, ''),
    'X-Plex-Device-Name': product,
    'X-Plex-Model': 'bot',
    'X-Plex-Vendor': product,
    'X-Plex-Provides': 'controller',
    'X-Plex-Language': 'en',
    'User-Agent': `${product}/${version}`,
  }
}

export const product = 'Usherr'

/**
 * Whether a token can stand in a header. Nothing is said about its length: today's have 20 characters, those of the
 * JWT form more than 500.
 */
export const isSendable = (token: string | undefined): token is string =>
  token !== undefined && /^[\x21-\x7e]{1,2048}$/u.test(token)

import type { PlexIdentity } from '../sharing/ports.ts'
import { readRecipient } from '../sharing/recipient.ts'

/** What a file has in the place of an address: most hold addresses only, but people write user names there too. */
export function readName(text: string): PlexIdentity | { because: string } {
  const read = readRecipient(text)
  if (read.ok) return read.who
  switch (read.problem) {
    case 'empty':
      return { because: 'it has no address' }
    case 'malformedEmail':
      return { because: 'what stands in the place of the address is none' }
    case 'malformedUsername':
      return { because: 'what stands in the place of the address is neither an address nor a Plex user name' }
    default:
      return read.problem satisfies never
  }
}

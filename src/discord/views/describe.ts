import type { LibraryAccess } from '../../sharing/library-access.ts'
import type { Library, PlexIdentity, TroubleKind } from '../../sharing/ports.ts'
import { count, listed, maskedEmail, moment, plain } from '../text.ts'

/** Somebody, as bold text: by user name, else by address. Only for readers who typed it or may see addresses. */
export function personName(who: PlexIdentity, title?: string): string {
  const name = who.username ?? who.email ?? title
  return name === undefined || name === '' ? '**somebody without a name**' : `**${plain(name)}**`
}

/** The same person for a reader who may not see addresses: enough to recognise one's own. A user name may be one too. */
export function withMaskedAddress({ email, username, ...who }: PlexIdentity): PlexIdentity {
  return {
    ...who,
    ...(username === undefined
      ? {}
      : { username: username.includes('@') ? maskedEmail(username) : username }),
    ...(email === undefined ? {} : { email: maskedEmail(email) }),
  }
}

/** "Movies and TV Shows", or how many there are more. */
export function accessWords(
  access: LibraryAccess | undefined,
  libraries: readonly Library[],
  most = 12,
): string {
  if (access === undefined) return 'libraries that plex.tv did not name'
  if (access.kind === 'all') return '**all libraries, future ones too**'
  const titles = access.libraries.map((id) => {
    const library = libraries.find((each) => each.id === id)
    return library ? `**${plain(library.title, 60)}**` : `library #${id}`
  })
  return titles.length <= most
    ? listed(titles)
    : listed([...titles.slice(0, most), count(titles.length - most, 'more', 'more')])
}

/** What a question goes by where plex.tv could not be asked; nothing where it was. */
export function recordWords(recordedAt: Date | undefined): string {
  return recordedAt === undefined
    ? ''
    : `plex.tv cannot be asked just now, so I go by my own record of ${moment(recordedAt)}; what you decide is kept and carried out as soon as plex.tv answers.\n`
}

/** Why plex.tv did not do it, as the second half of a sentence. */
export function because(trouble: TroubleKind | 'tooManyAttempts'): string {
  switch (trouble) {
    case 'unreachable':
      return 'plex.tv cannot be reached'
    case 'timedOut':
      return 'plex.tv did not answer in time'
    case 'rateLimited':
      return 'Plex is limiting us'
    case 'unauthorised':
      return 'plex.tv no longer accepts the owner’s sign-in'
    case 'forbidden':
      return 'plex.tv does not allow it to this account'
    case 'notFound':
      return 'plex.tv does not know it any more'
    case 'gone':
      return 'plex.tv has changed and no longer offers this'
    case 'rejected':
      return 'plex.tv refused it'
    case 'serverError':
      return 'plex.tv has a problem of its own'
    case 'unexpected':
      return 'plex.tv answered something that cannot be read'
    case 'incomplete':
      return 'plex.tv’s list has entries that I cannot tell apart'
    case 'tooManyAttempts':
      return 'it was sent several times and plex.tv never showed it'
    default:
      return trouble satisfies never
  }
}

import type { Knocked } from './knock.ts'

/**
 * Whether plex.tv itself answered. Nobody asked it anything that it would allow, so a refusal is a good answer; a page
 * is one of Cloudflare's or of a provider's, a redirect leads to somebody else, and 5xx is trouble.
 */
export const isPlexThere = (knocked: Knocked): boolean =>
  knocked.isAnswered &&
  !knocked.isPage &&
  knocked.status < 500 &&
  !(knocked.status >= 300 && knocked.status < 400)

export interface CleanToken {
  token: string
  /** What was taken away, in words; empty where it was pasted as it is. */
  without: readonly string[]
}

/** A token as people paste it: with blanks, a line's end, quotes or the word "Bot" around it. */
export function cleanToken(pasted: string): CleanToken {
  let token = pasted
  const without: string[] = []
  const strip = (what: string, pattern: RegExp) => {
    const shorter = token.replace(pattern, '')
    if (shorter !== token && !without.includes(what)) without.push(what)
    token = shorter
  }
  strip('the blanks', /\s*[\r\n]\s*|^\s+|\s+$/gu)
  strip('the name before it', /^(?:export\s+)?DISCORD_TOKEN\s*=\s*/u)
  strip('the quotes', /^["'`“”‘’]+|["'`“”‘’]+$/gu)
  strip('the blanks', /^\s+|\s+$/gu)
  strip('the word “Bot”', /^Bot\s+/iu)
  strip('the quotes', /^["'`“”‘’]+|["'`“”‘’]+$/gu)
  return { token, without }
}

/** What somebody probably pasted instead: the portal shows several values that look alike. */
export function notAToken(token: string): string | undefined {
  if (token === '') return 'Nothing was pasted.'
  if (/^\d{15,20}$/u.test(token))
    return 'That is an id (of the application or a server), not the bot’s token.'
  if (/^[0-9a-f]{64}$/u.test(token)) return 'That is the application’s public key, not the bot’s token.'
  if (/^[\w-]{32}$/u.test(token)) {
    return 'That looks like the client secret of the page OAuth2, not like the bot’s token of the page Bot.'
  }
  if (!/^[\x21-\x7e]+$/u.test(token)) return 'A bot token has no blanks and no letters with accents in it.'
  return undefined
}

import type { Evening, Said } from './open-evening.ts'

/** The code in the address of a *Sign in with Plex* button. */
export function codeIn({ text }: Pick<Said, 'text'>): string {
  const code = /[?&]code=(?<code>[a-z0-9]+)/u.exec(text)?.groups?.code
  if (code === undefined) throw new Error(`no sign-in link in: ${text}`)
  return code
}

/** Somebody signs in at Plex's own page; what the message in Discord reads after that. */
export async function signsIn(on: Evening, asked: Said, username: string): Promise<Said> {
  if (!on.plex.approvePin(codeIn(asked), username)) throw new Error('the link is dead')
  const message = await asked.handle.updated()
  return { text: on.discord.textOf(message), message, handle: asked.handle }
}

/** The addresses of sign-in links differ from run to run. */
export const withoutLinks = (text: string) =>
  text.replace(/https:\/\/app\.plex\.tv\/auth#\S+?(?=\])/gu, '(link)')

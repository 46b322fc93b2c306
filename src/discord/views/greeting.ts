import type { Reply } from '../reply.ts'

/** What a guild reads when the bot has come and nothing is set up yet. */
export const greetingView = (): Reply => ({
  content: [
    'Hello, I am Usherr: I manage who may watch your Plex server.',
    'Whoever may manage this Discord server begins with `/setup plex`; it takes a minute, and only that person sees it. Until then I do nothing.',
  ].join('\n'),
})

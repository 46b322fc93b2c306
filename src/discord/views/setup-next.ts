import type { SetupStep } from '../../sharing/setup-step.ts'

/** The next step of the set-up, with the command to type. Once a server is there, people can be invited. */
export function nextWords(next: SetupStep): string {
  switch (next) {
    case 'plex':
      return 'Next: `/setup plex`, to sign in with the Plex account that owns the server.'
    case 'server':
      return 'Next: `/setup server`, to choose the Plex servers that are used here.'
    case 'libraries':
      return 'You can invite now: `/invite email:… libraries:…`. Next, if you like: `/setup libraries`, for what is meant where nobody names a library.'
    case 'roles':
      return 'Next: `/setup roles`, so that others than those who manage this Discord server may use me.'
    case 'channels':
      return 'Next: `/setup channels`, for the channel in which requests are decided.'
    case 'check':
      return 'Everything has its place. `/setup check` tries it all; `/settings` is for everything later.'
    default:
      return next satisfies never
  }
}

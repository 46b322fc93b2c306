import { type DiscordWorld, discordWorld } from './discord/index.ts'
import { harborId, type PlexWorld, plexWorld } from './plex/world.ts'

/** Where the demo plays: one Discord server of six people, and a Plex server that nobody has access to yet. */
export function demoWorlds(): { discord: DiscordWorld; plex: PlexWorld } {
  const members = {
    olive: [],
    dora: ['Managers'],
    rob: ['Reviewers'],
    alice: ['Friends'],
    erik: ['Friends'],
    mallory: [],
  }
  return {
    discord: discordWorld({
      guilds: [
        {
          name: 'Cinema Club',
          owner: 'olive',
          roles: [{ name: 'Managers' }, { name: 'Reviewers' }, { name: 'Friends' }],
          channels: [{ name: 'general' }, { name: 'reviews' }],
          members: Object.entries(members).map(([username, roles]) => ({ user: { username }, roles })),
        },
      ],
    }),
    plex: plexWorld({
      shares: plexWorld().shares.filter((share) => share.machineIdentifier !== harborId),
    }),
  }
}

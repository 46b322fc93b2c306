import type { GuildId } from '../lib/ids.ts'
import { problem } from '../lib/result.ts'
import { observedRestore } from './observation.ts'
import type { Ports } from './use-cases/ports.ts'

/**
 * The outside as automation sees it: guilds that only look on after a restore have no servers, and nothing about them is
 * open. What is built later on these ports cannot forget them.
 */
export function lookedAfter(ports: Ports): Ports {
  const { connections, people, requests, drift } = ports
  const goesOn = (guildId: GuildId) => !observedRestore(ports, guildId)
  const ofOthers = ({ guildId }: { guildId: GuildId }) => goesOn(guildId)
  return {
    ...ports,
    people: {
      ...people,
      unsettled: () => people.unsettled().filter(ofOthers),
      everybody: () => people.everybody().filter(ofOthers),
    },
    requests: { ...requests, unsettled: () => requests.unsettled().filter(ofOthers) },
    drift: { ...drift, list: async (prefix) => (await drift.list(prefix)).filter(ofOthers) },
    connections: {
      of: async (guildId, server) =>
        goesOn(guildId) ? connections.of(guildId, server) : problem({ problem: 'notSetUp' }),
      // What happens by itself goes by what plex.tv says now.
      toDecide: async (guildId, server) =>
        goesOn(guildId) ? connections.of(guildId, server) : problem({ problem: 'notSetUp' }),
      all: async (guildId) => (goesOn(guildId) ? connections.all(guildId) : []),
      guildIds: () => connections.guildIds().filter(goesOn),
      connected: (guildId) => (goesOn(guildId) ? connections.connected(guildId) : []),
      known: (guildId) => (goesOn(guildId) ? connections.known(guildId) : []),
    },
  }
}

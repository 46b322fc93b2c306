import type { GuildId } from '../../lib/ids.ts'
import { noConnections } from '../guild-connections.ts'
import type { ConnectionProblem, Trouble } from '../ports.ts'
import { nextSetupStep, type SetupStep } from '../setup-step.ts'
import { type Ports, settingsOf } from './ports.ts'

/** A server of the guild, tried out just now. */
export type TestedServer =
  | { is: 'fine'; serverName: string; owner: string; libraries: number }
  | { is: 'unreadable'; serverName: string; trouble: Trouble }
  | { is: 'notConnected'; problem: ConnectionProblem }

/** Connects every server of the guild and reads its libraries. */
export async function testServers(
  { connections }: Pick<Ports, 'connections'>,
  guildId: GuildId,
): Promise<TestedServer[]> {
  return Promise.all(
    (await connections.all(guildId)).map(async (connection): Promise<TestedServer> => {
      if (!connection.ok) return { is: 'notConnected', problem: connection.problem }
      const { serverName, owner } = connection.value
      const reading = await connection.value.libraries({ fresh: true })
      if (!reading.ok) return { is: 'unreadable', serverName, trouble: reading.problem }
      return { is: 'fine', serverName, owner: owner.username, libraries: reading.value.value.length }
    }),
  )
}

export async function setupStepOf(
  ports: Pick<Ports, 'connections' | 'connectionRecords' | 'settings'>,
  guildId: GuildId,
): Promise<SetupStep> {
  const record = (await ports.connectionRecords.get(guildId)) ?? noConnections(guildId)
  const isConnected = ports.connections.guildIds().includes(guildId)
  return nextSetupStep(record, await settingsOf(ports, guildId), isConnected)
}

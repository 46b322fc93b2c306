import type { GuildId } from '../lib/ids.ts'
import { InTurn } from '../lib/in-turn.ts'
import type { GuildLog, GuildSettings } from '../sharing/guild-settings.ts'
import { alertCards, type DueCard, type LogCardRecord, personCard } from '../sharing/log-card.ts'
import { knownLibraries, type Ports } from '../sharing/use-cases/ports.ts'

/** So many cards are posted or changed in one round: Discord allows about one a second, and the rest comes next. */
const mostAtOnce = 20

type LogPorts = Pick<
  Ports,
  'people' | 'drift' | 'settings' | 'connections' | 'logCards' | 'logBoard' | 'clock' | 'log'
>

/**
 * Brings the log channels up to date: a card for each person, changed rather than repeated, however much happened in
 * between. It comes after the deeds and never in their way; what could not be shown is shown in a later round.
 */
export function createLogCards(ports: LogPorts): () => Promise<void> {
  // Two rounds at a time would each post the card that neither has noted yet.
  const turns = new InTurn()
  let records: Map<string, LogCardRecord> | undefined

  return () =>
    turns.run('round', async () => {
      records ??= new Map((await ports.logCards.list('')).map((record) => [record.key, record]))
      for (const guildId of ports.connections.guildIds()) {
        const settings = await ports.settings.get(guildId)
        if (settings?.log) await bringUpToDate(ports, settings, settings.log, records)
      }
    })
}

async function bringUpToDate(
  ports: LogPorts,
  { guildId }: GuildSettings,
  log: GuildLog,
  records: Map<string, LogCardRecord>,
): Promise<void> {
  for (const due of await dueCards(ports, guildId, log, records)) {
    const record = records.get(due.key)
    const messageId = record?.channelId === log.channelId ? record.messageId : undefined
    const answer = await ports.logBoard.show(log.channelId, due.card, messageId)
    if (answer.is === 'failed') return
    if (answer.is !== 'shown') return noteTrouble(ports, guildId, log, answer.is)
    if (log.trouble) await noteTrouble(ports, guildId, log, undefined)
    const { channelId } = log
    const next: LogCardRecord = {
      schema: 1,
      key: due.key,
      guildId,
      channelId,
      messageId: answer.messageId,
      shown: due.version,
    }
    await ports.logCards.update(due.key, () => next)
    records.set(due.key, next)
  }
}

async function dueCards(
  ports: LogPorts,
  guildId: GuildId,
  log: GuildLog,
  records: ReadonlyMap<string, LogCardRecord>,
): Promise<DueCard[]> {
  const isShown = (key: string) => records.get(key)?.channelId === log.channelId
  const libraries = knownLibraries(ports, guildId)
  const people = ports.people
    .everybody()
    .filter((person) => person.guildId === guildId && !isUpToDate(person, records, log))
    .flatMap((person) => personCard(person, log.since, libraries) ?? [])
  const drift = await ports.drift.list(`${guildId}:`)
  const alerts = drift.flatMap((record) => alertCards(record, isShown))
  return [...alerts, ...people.sort((a, b) => a.at.getTime() - b.at.getTime())]
    .filter(({ key, version }) => !(isShown(key) && records.get(key)?.shown === version))
    .slice(0, mostAtOnce)
}

function isUpToDate(
  person: { guildId: GuildId; id: string; version: number },
  records: ReadonlyMap<string, LogCardRecord>,
  { channelId }: GuildLog,
): boolean {
  const record = records.get(`${person.guildId}:${person.id}`)
  return record?.channelId === channelId && record.shown === person.version
}

/** Remembered for `/settings show`, and said once. */
async function noteTrouble(
  ports: LogPorts,
  guildId: GuildId,
  { channelId, trouble: before }: GuildLog,
  because: 'gone' | 'notWritable' | undefined,
): Promise<void> {
  if (before?.because === because) return
  const at = ports.clock.now()
  await ports.settings.update(guildId, (settings) => {
    if (settings?.log?.channelId !== channelId) return undefined
    const { trouble: _, ...log } = settings.log
    return { ...settings, log: because ? { ...log, trouble: { at, because } } : log }
  })
  if (because) ports.log.warn({ guildId, channelId, reason: because }, 'the log channel cannot be written to')
}

import { type ChannelId, id, isIdLike } from '../../lib/ids.ts'
import type { GuildSettings } from '../guild-settings.ts'
import type { Actor } from '../policy.ts'
import type { Refusal } from '../refusal.ts'
import type { SetupStep } from '../setup-step.ts'
import { setChannels, showSettings } from './guild-settings.ts'
import type { Ports } from './ports.ts'
import { setupStepOf } from './setup-state.ts'

export interface ChannelsShown {
  outcome: 'channels'
  settings: GuildSettings
  /** Which one was just chosen; it has been tried. */
  changed?: 'reviewers' | 'log'
  next: SetupStep
}

export async function showChannels(ports: Ports, actor: Actor): Promise<ChannelsShown | Refusal> {
  const shown = await showSettings(ports, actor)
  if (shown.outcome === 'refused') return shown
  return { outcome: 'channels', settings: shown.after, next: await setupStepOf(ports, actor.guildId) }
}

/** No channel at all takes the log away; requests need one, so theirs stays as it was. */
export async function chooseChannel(
  ports: Ports,
  actor: Actor,
  press: { which: 'reviewers' | 'log'; channelId: string | undefined },
): Promise<ChannelsShown | Refusal> {
  const { which, channelId } = press
  const channel = channelId !== undefined && isIdLike(channelId) ? id<ChannelId>(channelId) : undefined
  const wish = channel ? { [which]: channel } : which === 'log' ? { remove: 'log' as const } : {}
  const changed = await setChannels(ports, actor, wish)
  if (changed.outcome === 'refused') return changed
  return {
    outcome: 'channels',
    settings: changed.after,
    changed: which,
    next: await setupStepOf(ports, actor.guildId),
  }
}

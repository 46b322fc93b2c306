import { flag, isRecord } from './request.ts'
import type { PlexSharingSettings } from './world.ts'

/** The settings that a body names, as v1 ("1") or as v2 (true) writes them. What is no setting is passed over. */
export function settingsIn(value: unknown): Partial<PlexSharingSettings> {
  if (!isRecord(value)) return {}
  const settings: Partial<PlexSharingSettings> = {}
  for (const name of switches) {
    const on = flag(value[name])
    if (on !== undefined) settings[name] = on
  }
  for (const name of filters) {
    const filter = value[name]
    if (typeof filter === 'string' || filter === null) settings[name] = filter
  }
  const tuners = Number(value.allowTuners ?? Number.NaN)
  if ([0, 1, 2].includes(tuners)) settings.allowTuners = tuners
  return settings
}

const switches = ['allowSync', 'allowCameraUpload', 'allowChannels', 'allowSubtitleAdmin'] as const
const filters = ['filterMovies', 'filterMusic', 'filterPhotos', 'filterTelevision', 'filterAll'] as const

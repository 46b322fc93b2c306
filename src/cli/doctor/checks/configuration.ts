import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { loadStorage } from '../../../config.ts'
import { placeOf } from '../../../storage/place.ts'
import { defineCheck, type Finding, fine, note, trouble } from '../check.ts'
import type { Examination } from '../examination.ts'
import { isForOthers } from '../file-mode.ts'

/** Every setting that cannot be used, what is set to no effect, and who can read `.env`. */
export default defineCheck({
  title: 'Settings',
  async run(examined) {
    const found = [...problemsOf(examined), ...storageOf(examined), ...(await envFile(examined.folder))]
    return found.length > 0 ? found : [fine('all of them can be used')]
  },
})

function problemsOf({ config }: Examination): Finding[] {
  if (config.ok) return config.value.warnings.map((warning) => note(warning))
  return config.problem.map(({ variable, what, fix }) =>
    trouble(`${variable} ${what}`, `${fix} (all settings: docs/configuration.md)`),
  )
}

function storageOf({ environment }: Examination): Finding[] {
  const storage = loadStorage(environment)
  const place = storage.ok ? placeOf(storage.value.url.reveal()) : undefined
  return place?.ok === false ? [trouble(place.problem.what, place.problem.next)] : []
}

async function envFile(folder: string): Promise<Finding[]> {
  const path = join(folder, '.env')
  const about = await stat(path).catch(() => undefined)
  if (!about) return []
  const isReadable = await access(path, constants.R_OK).then(
    () => about.isFile(),
    () => false,
  )
  if (!isReadable) {
    const next =
      'Make it a file that the user who runs the bot may read: `ls -l .env`, then `chmod 600 .env`.'
    return [trouble('.env is there and cannot be read, so none of its settings count', next)]
  }
  return isForOthers(about.mode)
    ? [note('.env can be read by other users of this machine, and it holds tokens', 'Run `chmod 600 .env`.')]
    : []
}

import type { AccessRequest } from '../../src/sharing/access-request.ts'
import type { DriftRecord } from '../../src/sharing/drift-record.ts'
import type { GuildSettings } from '../../src/sharing/guild-settings.ts'
import type { Person } from '../../src/sharing/person.ts'
import { readKeys } from '../../src/storage/keys.ts'
import { lookAt } from '../../src/storage/look.ts'
import { placeOf } from '../../src/storage/place.ts'
import { parseDrift, parsePerson, parseRequest, parseSettings } from '../../src/storage/shapes.ts'

export interface Stored {
  people: readonly Person[]
  requests: readonly AccessRequest[]
  settings: readonly GuildSettings[]
  drift: readonly DriftRecord[]
}

/** What the SQLite file of a bot holds, which may be running with it: nothing of it is changed. */
export async function storedIn(file: string): Promise<Stored> {
  const place = placeOf(`sqlite://${file}`)
  if (!place.ok) throw new Error(place.problem.what)
  const keys = await readKeys(place.value.keyFile)
  const looked = await lookAt(place.value)
  if (!keys?.ok || !looked.ok || !looked.value) throw new Error('the store cannot be looked at')
  try {
    const opened = await looked.value.openWith(keys.value)
    if (!opened.ok || !opened.value) throw new Error('the store cannot be opened')
    const look = opened.value
    const [people, requests, settings, drift] = await Promise.all([
      look.documents('people', parsePerson).list(''),
      look.documents('requests', parseRequest).list(''),
      look.documents('settings', parseSettings).list(''),
      look.documents('drift', parseDrift).list(''),
    ])
    return { people, requests, settings, drift }
  } finally {
    await looked.value.close()
  }
}

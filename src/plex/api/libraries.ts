import { z } from 'zod'
import type { ServerId } from '../../lib/ids.ts'
import { children, container, idText, wrapped, xmlRoot } from '../fields.ts'
import { inFirstWorkingForm } from '../forms.ts'
import type { PlexHttp } from '../http.ts'
import { readAnswer } from '../parse.ts'

/** A library as plex.tv lists it. `id` is the global one that sharing asks for; the server's own `key` is not read. */
export interface LibraryRow {
  id: string
  /** `movie`, `show`, `artist`, `photo`, and what comes tomorrow. */
  type: string
  title: string
}

/**
 * A server's libraries, each once. The list can be empty for a healthy server for a while: an empty one says nothing.
 * @throws PlexError
 */
export async function readLibraries(http: PlexHttp, server: ServerId): Promise<LibraryRow[]> {
  const rows = await inFirstWorkingForm(http.baseUrl, [
    { name: 'v2 server', ask: () => readV2(http, server) },
    { name: 'v1 server', ask: () => readV1(http, server) },
  ])
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

async function readV2(http: PlexHttp, server: ServerId): Promise<LibraryRow[]> {
  const answer = await http.send({ method: 'GET', route: '/api/v2/servers/{mid}', path: { mid: server } })
  return (await readAnswer(answer, v2Answer)).librarySections
}

/** Its `size` counts the sections, not the servers. */
async function readV1(http: PlexHttp, server: ServerId): Promise<LibraryRow[]> {
  const answer = await http.send({
    method: 'GET',
    route: '/api/servers/{mid}',
    path: { mid: server },
    accept: 'xml',
  })
  const servers = await readAnswer(answer, v1Answer)
  return servers
    .filter(({ machineIdentifier }) => machineIdentifier === server)
    .flatMap(({ Section }) => Section)
}

const library = z.object({
  id: idText,
  type: z.string().default(''),
  // A photo library may have no title at all, and "007" is one.
  title: z.union([z.string(), z.number().transform(String)]).default(''),
})
const v2Server = z.object({ librarySections: wrapped('librarySection', library) })
const v2Answer = z.union([xmlRoot('server', v2Server), v2Server])
const v1Answer = container('Server', z.object({ machineIdentifier: z.string(), Section: children(library) }))

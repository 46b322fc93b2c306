import { harborId } from '../../src/sandbox/plex/world.ts'

/** The three forms in which the client reads who has access. */
export const listForms = ['v2 JSON', 'v2 XML', 'v1 XML'] as const
export type ListForm = (typeof listForms)[number]

/** Somebody on the list, and everything by which the list names him. */
export interface Listed {
  shareId: string
  accountId: string
  username: string
  email: string
  libraries: readonly [string, ...string[]]
}

export const listedPeople = (many: number): Listed[] =>
  Array.from({ length: many }, (_, n) => ({
    shareId: String(32000000 + n * 7),
    accountId: String(21000000 + n * 11),
    username: `viewer-${String(n * 3).padStart(4, '0')}`,
    email: `p${String(n * 5).padStart(4, '0')}@example.com`,
    libraries: n % 2 ? ['910000001'] : ['910000001', '910000002'],
  }))

/** A list as pieces, so that a mutation can take hold of a row. It has the fields that decide whose row it is, and little else. */
export interface ListText {
  form: ListForm
  head: string
  rows: string[]
  between: string
  tail: string
}

export const textOf = ({ head, rows, between, tail }: ListText) => head + rows.join(between) + tail

export function listText(form: ListForm, people: readonly Listed[]): ListText {
  switch (form) {
    case 'v2 JSON':
      return { form, head: '[', rows: people.map(jsonRow), between: ',\n', tail: ']' }
    case 'v2 XML':
      return {
        form,
        head: '<?xml version="1.0" encoding="UTF-8"?>\n<sharedServers>\n',
        rows: people.map(v2Row),
        between: '\n',
        tail: '\n</sharedServers>',
      }
    case 'v1 XML':
      return {
        form,
        head: `<?xml version="1.0" encoding="UTF-8"?>\n<MediaContainer friendlyName="myPlex" machineIdentifier="${harborId}" size="${people.length}">\n`,
        rows: people.map(v1Row),
        between: '\n',
        tail: '\n</MediaContainer>',
      }
    default:
      return form satisfies never
  }
}

const jsonRow = ({ shareId, accountId, username, email, libraries }: Listed) =>
  JSON.stringify({
    id: Number(shareId),
    invitedId: Number(accountId),
    accepted: true,
    deletedAt: null,
    leftAt: null,
    machineIdentifier: harborId,
    invited: { id: Number(accountId), username, email },
    libraries: libraries.map((id) => ({ id: Number(id) })),
    allLibraries: false,
  })

const v2Row = ({ shareId, accountId, username, email, libraries }: Listed) =>
  `<sharedServer id="${shareId}" invitedId="${accountId}" accepted="1" deletedAt="" leftAt="" machineIdentifier="${harborId}" allLibraries="0"><invited id="${accountId}" username="${username}" email="${email}"/><libraries>${libraries.map((id) => `<library id="${id}"/>`).join('')}</libraries></sharedServer>`

const v1Row = ({ shareId, accountId, username, email, libraries }: Listed) =>
  `<SharedServer id="${shareId}" username="${username}" email="${email}" userID="${accountId}" acceptedAt="1767323045" allLibraries="0">${['910000001', '910000002'].map((id) => `<Section id="${id}" shared="${libraries.includes(id) ? 1 : 0}"/>`).join('')}</SharedServer>`

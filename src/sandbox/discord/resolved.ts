import { channelForm, memberFields, roleForm, userForm } from './forms.ts'
import type { Attachment } from './message.ts'
import { permissionsOf } from './permissions.ts'
import type { State } from './state.ts'
import type { WorldGuild, WorldUser } from './world.ts'

/** The people, roles, channels and files that an interaction's values name, spelt out beside them. */
export class Resolved {
  readonly #state: State
  readonly #guild: WorldGuild | undefined
  readonly #parts: Record<string, Record<string, unknown>> = {}

  constructor(state: State, guild: WorldGuild | undefined) {
    this.#state = state
    this.#guild = guild
  }

  /** Adds a person by user name; members of the guild with their member fields. Returns the id. */
  user(username: string): string | undefined {
    const user = this.#state.userNamed(username)
    if (user === undefined) return undefined
    return this.addUser(user)
  }

  addUser(user: WorldUser): string {
    this.#add('users', user.id, userForm(user))
    const guild = this.#guild
    const member = guild === undefined ? undefined : this.#state.member(guild, user.id)
    if (guild !== undefined && member !== undefined) {
      const permissions = permissionsOf(guild, member).toString()
      this.#add('members', user.id, { ...memberFields(member), permissions })
    }
    return user.id
  }

  role(name: string): string | undefined {
    const role = this.#guild?.roles.find((one) => one.name === name || one.id === name)
    if (role === undefined) return undefined
    this.#add('roles', role.id, roleForm(role))
    return role.id
  }

  channel(name: string, types: readonly number[] | undefined): string | undefined {
    const guild = this.#guild
    const channel = guild?.channels.find(
      (one) => (one.name === name || one.id === name) && (types === undefined || types.includes(one.type)),
    )
    if (guild === undefined || channel === undefined) return undefined
    const { id, type, parent_id, name: called } = channelForm(guild, channel)
    this.#add('channels', id, { id, type, parent_id, name: called, permissions: '0' })
    return id
  }

  file({ name, content, type = 'text/plain' }: PersonsFile): string {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const file: Attachment = {
      id: this.#state.newId(),
      filename: name,
      contentType: type,
      size: bytes.byteLength,
      bytes,
    }
    this.#state.uploads.set(file.id, file)
    const url = `${this.#state.url}/attachments/0/${file.id}/${encodeURIComponent(name)}`
    this.#add('attachments', file.id, {
      id: file.id,
      filename: name,
      size: file.size,
      content_type: type,
      url,
      proxy_url: url,
      ephemeral: true,
    })
    return file.id
  }

  /** `{ resolved }`, or nothing when nothing was named. */
  field(): { resolved?: Record<string, unknown> } {
    return Object.keys(this.#parts).length === 0 ? {} : { resolved: this.#parts }
  }

  #add(part: string, id: string, form: unknown): void {
    this.#parts[part] = { ...this.#parts[part], [id]: form }
  }
}

/** A file that a person attaches. */
export interface PersonsFile {
  name: string
  content: string | Uint8Array
  type?: string
}

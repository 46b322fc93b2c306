import type { APIActionRowComponent, APIComponentInMessageActionRow } from 'discord-api-types/v10'

/** What a person is told. Replies are private; an empty list takes the buttons away. */
export interface Reply {
  content: string
  components?: readonly Row[]
  /** Attached to the answer. */
  files?: readonly ReplyFile[]
}
export interface ReplyFile {
  name: string
  contentType: string
  data: string
}
export type Row = APIActionRowComponent<APIComponentInMessageActionRow>

import type { APIActionRowComponent, APIComponentInMessageActionRow } from 'discord-api-types/v10'

/** What a person is told. Replies are private; an empty list takes the buttons away. */
export interface Reply {
  content: string
  components?: readonly Row[]
  /** Attachments, as text; the answer then goes out as a form. */
  files?: readonly ReplyFile[]
  /** What the message becomes later by itself, if anything: for something that happens outside Discord. */
  later?: (stop: AbortSignal) => Promise<Reply | undefined>
}
export interface ReplyFile {
  name: string
  contentType: string
  data: string
}
export type Row = APIActionRowComponent<APIComponentInMessageActionRow>

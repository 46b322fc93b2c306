import type { Answers } from '../../src/discord/answers.ts'
import { bodyOf } from '../../src/discord/answers.ts'
import { readInteraction } from '../../src/discord/interaction.ts'
import { loadCommands, loadComponents } from '../../src/discord/load.ts'
import type { Reply } from '../../src/discord/reply.ts'
import { createRouter } from '../../src/discord/router.ts'
import { type Log, silentLog } from '../../src/lib/log.ts'
import type { SmallBot } from './small-bot.ts'

/** Discord's payloads go in, and what would be sent to Discord comes out: the real border, router, commands and views. */
export interface SmallDiscord {
  /** What is answered: bodies of messages, choices, modals. `undefined` where it is no interaction at all. */
  send(payload: unknown): Promise<readonly Said[] | undefined>
  /** What broke inside a command and was only told with a reference. */
  broken: unknown[]
}
export interface Said {
  kind: 'message' | 'choices' | 'modal'
  body: Record<string, unknown>
  /** What is attached, as text. */
  files?: readonly string[]
}

export interface Asking {
  guildId: string | undefined
  memberId: string
  roleIds?: readonly string[]
  managesServer?: boolean
}

const loaded = { commands: await loadCommands(), components: await loadComponents() }

export function smallDiscord(bot: SmallBot): SmallDiscord {
  const broken: unknown[] = []
  const log: Log = { ...silentLog, error: ({ error }) => void broken.push(error) }
  const saidTo = new Map<string, Said[]>()
  const note = (id: string, said: Said) => saidTo.get(id)?.push(said)
  const message = async ({ id }: { id: string }, reply: Reply) => {
    const files = (reply.files ?? []).map(({ data }) => data)
    note(id, { kind: 'message', body: bodyOf(reply), ...(files.length === 0 ? {} : { files }) })
  }
  const answers: Answers = {
    defer: async () => {},
    deferUpdate: async () => {},
    modal: async ({ id }, modal) => note(id, { kind: 'modal', body: { ...modal } }) as undefined,
    choices: async ({ id }, choices) => note(id, { kind: 'choices', body: { choices } }) as undefined,
    say: message,
    edit: message,
  }
  // On a clock that does not go by itself, what waits for somebody outside Discord would wait for ever.
  const stop = AbortSignal.abort()
  const take = createRouter({ ...loaded, rules: bot.rules, answers, log, newReference: () => 'ref', stop })
  return {
    broken,
    async send(payload) {
      const invocation = readInteraction(payload)
      if (!invocation) return undefined
      const said: Said[] = []
      saidTo.set(invocation.id, said)
      await take(invocation)
      saidTo.delete(invocation.id)
      return said
    },
  }
}

let interactions = 1_000

const begin = ({ guildId, memberId, roleIds = [], managesServer = false }: Asking) => ({
  id: String(++interactions),
  token: 'FAKE-token',
  application_id: '9',
  ...(guildId === undefined
    ? { user: { id: memberId } }
    : {
        guild_id: guildId,
        member: { user: { id: memberId }, roles: [...roleIds], permissions: managesServer ? '32' : '0' },
      }),
})

export type Given = Readonly<Record<string, string | boolean | number>>
const typeOf = { string: 3, number: 4, boolean: 5 }

/** `/name sub option:value`, as Discord sends it. */
export function slash(by: Asking, words: string, options: Given = {}) {
  const [name, sub] = words.split(' ')
  const leaves = Object.entries(options).map(([of, value]) => ({
    name: of,
    // `Given` has values of these three kinds.
    type: typeOf[typeof value as keyof typeof typeOf],
    value,
  }))
  return {
    ...begin(by),
    type: 2,
    data: { name, type: 1, options: sub === undefined ? leaves : [{ name: sub, type: 1, options: leaves }] },
  }
}

/** A keystroke in an option. */
export function typing(by: Asking, words: string, option: string, typed: string) {
  const asked = slash(by, words, { [option]: typed })
  const withFocus = (leaves: readonly object[]): object[] =>
    leaves.map((leaf) =>
      'options' in leaf
        ? { ...leaf, options: withFocus(leaf.options as object[]) } // Made so above.
        : { ...leaf, focused: true },
    )
  return { ...asked, type: 4, data: { ...asked.data, options: withFocus(asked.data.options) } }
}

/** A press on a button, or a choice in a select. */
export function press(by: Asking, customId: string, values?: readonly string[]) {
  const data = { custom_id: customId, component_type: values ? 3 : 2, ...(values ? { values } : {}) }
  return { ...begin(by), type: 3, data }
}

export function modal(by: Asking, customId: string, fields: Readonly<Record<string, string>>) {
  const components = Object.entries(fields).map(([of, value]) => ({
    type: 18,
    component: { type: 4, custom_id: of, value },
  }))
  return { ...begin(by), type: 5, data: { custom_id: customId, components } }
}

/** Every custom id in what was said. */
export function customIdsIn(said: readonly Said[] | undefined): string[] {
  return [...JSON.stringify(said ?? []).matchAll(/"custom_id":"([^"]+)"/gu)].map(([, id]) => id ?? '')
}

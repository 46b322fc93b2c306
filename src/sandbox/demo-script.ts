import { styleText } from 'node:util'
import type {
  InteractionHandle,
  Message,
  ModalValues,
  OptionValues,
  PretendDiscord,
} from './discord/index.ts'
import { isLive, isPending } from './plex/look-up.ts'
import type { PretendPlex } from './plex/start.ts'
import { harborId, type PlexShare } from './plex/world.ts'

/** Plays the demo and prints it as a conversation, the pretend plex.tv's state beside it, and checks every step. */
export class DemoScript {
  lastAnswer = ''
  readonly #discord: PretendDiscord
  readonly #plex: PretendPlex
  readonly #failed: string[] = []
  #checks = 0
  #scenes = 0
  #plexBefore = ''

  constructor(discord: PretendDiscord, plex: PretendPlex) {
    this.#discord = discord
    this.#plex = plex
  }

  scene(title: string): void {
    this.#scenes += 1
    print(`\n${styleText('bold', `${this.#scenes}. ${title}`)}`)
  }

  async asks(who: string, words: string, options: OptionValues = {}): Promise<Message> {
    this.#line(who, styleText('cyan', typedAs(words, options)))
    return this.#reads(await this.#discord.person(who).slash(words, options))
  }

  async presses(who: string, message: Message, label: string): Promise<Message> {
    this.#line(who, styleText('cyan', `presses [${label}]`))
    return this.#reads(await this.#discord.person(who).press(message, label))
  }

  async selects(who: string, message: Message, placeholder: string, values: string[]): Promise<Message> {
    this.#line(who, styleText('cyan', `ticks ${values.join(', ')}`))
    return this.#reads(await this.#discord.person(who).select(message, placeholder, values))
  }

  async typing(who: string, command: string, option: string, text: string): Promise<void> {
    const offered = await this.#discord.person(who).autocomplete(command, { [option]: text }, option)
    this.#line(who, styleText('cyan', `/${command} ${option}:${text}…`))
    this.#line('offered', styleText('dim', offered.map(({ name }) => name).join(' · ')))
  }

  async fills(who: string, message: Message, label: string, values: ModalValues): Promise<Message> {
    const modal = await (await this.#discord.person(who).press(message, label)).modalShown()
    const filled = Object.values(values).join(', ')
    this.#line(who, styleText('cyan', `presses [${label}] and fills in: ${filled}`))
    return this.#reads(await this.#discord.person(who).submit(modal, values))
  }

  /** Types a command and does not live to read the answer. */
  async asksInVain(who: string, words: string, options: OptionValues): Promise<void> {
    this.#line(who, styleText('cyan', typedAs(words, options)))
    await (await this.#discord.person(who).slash(words, options)).acknowledged()
  }

  says(who: string, text: string): void {
    this.#line(who, styleText('magenta', text))
  }

  /** The newest message that hangs in a channel for everybody. */
  readsChannel(channel: string): Message {
    const message = this.#discord.messagesIn(channel).at(-1)
    if (!message) throw new Error(`nothing hangs in #${channel}`)
    this.#line(`#${channel}`, forTerminal(this.#discord.textOf(message)))
    return message
  }

  readsDm(who: string): void {
    const message = this.#discord.dmsOf(who).at(-1)
    if (message) this.#line(`to ${who}`, forTerminal(this.#discord.textOf(message)))
  }

  /** Prints what plex.tv holds for this server, if it is other than when it was last printed. */
  showsPlex(): void {
    const lines = this.#shares().map((share) => styleText('yellow', this.#describe(share)))
    const now = lines.length === 0 ? styleText('yellow', 'no shares') : lines.join('\n')
    if (now !== this.#plexBefore) this.#line('plex.tv', now)
    this.#plexBefore = now
  }

  expect(what: string, holds: () => boolean): void {
    this.#checks += 1
    const isSo = holds()
    if (!isSo) this.#failed.push(what)
    this.#line(isSo ? '✓' : '✗', styleText(isSo ? 'green' : 'red', what))
  }

  /** Whether plex.tv holds a share for this address, in this state and with just these libraries where given. */
  holds(email: string, status?: 'pending' | 'active', libraries?: string): boolean {
    return this.#shares().some((share) => {
      const words = this.#describe(share).split(' · ')
      return words[0] === email && (!status || words[1] === status) && (!libraries || words[2] === libraries)
    })
  }

  /** The exit code. */
  end(): number {
    const passed = this.#checks - this.#failed.length
    print(`\n${passed} of ${this.#checks} things came out as told.`)
    for (const what of this.#failed) print(styleText('red', `Not so: ${what}`))
    return this.#failed.length === 0 ? 0 : 1
  }

  async #reads(handle: InteractionHandle): Promise<Message> {
    const message = await handle.answered()
    this.lastAnswer = this.#discord.textOf(message)
    this.#line('Usherr', forTerminal(this.lastAnswer))
    this.showsPlex()
    return message
  }

  #shares(): readonly PlexShare[] {
    return this.#plex.world.shares.filter((share) => share.machineIdentifier === harborId && isLive(share))
  }

  #describe(share: PlexShare): string {
    const { accounts, servers } = this.#plex.world
    const email = accounts.find(({ id }) => id === share.invitedId)?.email ?? share.invitedEmail
    const libraries = servers.find((server) => server.machineIdentifier === harborId)?.libraries ?? []
    const titles = libraries.filter(({ id }) => share.libraryIds.includes(id)).map(({ title }) => title)
    const shared = share.allLibraries ? 'all libraries' : titles.join(', ')
    return `${email} · ${isPending(share) ? 'pending' : 'active'} · ${shared}`
  }

  #line(who: string, text: string): void {
    const [first = '', ...rest] = text.split('\n')
    print(`${who.padStart(9)} │ ${first}`)
    for (const line of rest) print(`${' '.repeat(9)} │ ${line}`)
  }
}

function typedAs(words: string, options: OptionValues): string {
  const typed = Object.entries(options).map(([name, value]) => `${name}:${shown(value)}`)
  return `/${[words, ...typed].join(' ')}`
}

function shown(value: OptionValues[string]): string {
  if (typeof value !== 'object') return String(value)
  return `${'channel' in value ? '#' : '@'}${Object.values(value)[0]}`
}

/** Discord's formatting as a terminal shows it. */
function forTerminal(text: string): string {
  return text
    .replaceAll('\u200b', '')
    .replace(/\*\*(.+?)\*\*/gu, (_, bold: string) => styleText('bold', bold))
    .replace(/\\([\\`*_~|[\]()#>+.-])/gu, '$1')
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

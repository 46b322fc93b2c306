import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { applicationFlags, guildCreateForm, memberForm, userForm } from './forms.ts'
import { isObject, type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts'
import { intent, op } from './numbers.ts'
import { membersNamed } from './routes/guilds.ts'
import type { Events, State } from './state.ts'

/** One identified bot process (or shard): it survives its connection until it is resumed or declared invalid. */
interface Session {
  readonly id: string
  readonly intents: number
  readonly shard: readonly [number, number]
  socket: WebSocket | undefined
  seq: number
  /** What was sent since, for a resume. */
  sent: { seq: number; text: string }[]
  hasItsGuilds: boolean
}

export interface Gateway extends Events {
  /** Sends an interaction to every session of its shard; how many had a connection. */
  dispatchInteraction(payload: JsonObject, guildId: string | undefined): number
  gatewayBot(): { url: string }
  /** Resolves when a client has identified and has been sent its guilds. */
  ready(): Promise<void>
  connectedSessions(): number
  drop(how: 'cut' | 'reconnect' | 'close'): void
  invalidate(resumable: boolean): void
  goDown(): void
  comeUp(): void
  close(): Promise<void>
}

const heartbeatIntervalMs = 41_250
/** How many events a disconnected session keeps. */
const replayable = 1_000
const identifiesADay = 1000

/** Discord's gateway, version 10, JSON, at `/gateway` of the same server. @see https://docs.discord.com/developers/events/gateway */
export function startGateway(server: Server, state: State): Gateway {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const sessions = new Map<string, Session>()
  let identifies = 0
  let isUp = true

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isUp || !(request.url ?? '').startsWith('/gateway')) {
      socket.destroy()
      return
    }
    sockets.handleUpgrade(request, socket, head, connected)
  })

  function connected(socket: WebSocket): void {
    let session: Session | undefined
    const recent: number[] = []
    write(socket, { op: op.hello, d: { heartbeat_interval: heartbeatIntervalMs } })
    socket.on('error', () => socket.terminate())
    socket.on('close', (code: number) => {
      if (session?.socket !== socket) return
      session.socket = undefined
      // Leaving politely ends the session; anything else can be resumed.
      if (code === 1000 || code === 1001) sessions.delete(session.id)
    })
    socket.on('message', (data: RawData) => {
      const payload = parsed(data)
      if (payload === undefined) return socket.close(4002, 'Decode error.')
      if (isTooBig(data)) return socket.close(4002, 'Decode error.')
      if (isTooOften(recent)) return socket.close(4008, 'Rate limited.')
      switch (payload.op) {
        case op.heartbeat:
          return write(socket, { op: op.heartbeatAck })
        case op.identify:
          session = identify(socket, objectIn(payload.d))
          return
        case op.resume:
          session = resume(socket, objectIn(payload.d))
          return
        case op.requestMembers:
          if (session === undefined) return socket.close(4003, 'Not authenticated.')
          return sendMembers(session, objectIn(payload.d))
        case op.presence:
          return
        default:
          state.broke('gateway.opcode', 'gateway', `op ${payload.op} is not one a bot sends`)
          socket.close(4001, 'Unknown opcode.')
      }
    })
  }

  function isTooBig(data: RawData): boolean {
    const bytes = Array.isArray(data) ? data.reduce((sum, one) => sum + one.length, 0) : data.byteLength
    if (bytes > 4096) state.broke('gateway.event-size', 'gateway', `an event of ${bytes} bytes, 4096 allowed`)
    return bytes > 4096
  }

  function isTooOften(recent: number[]): boolean {
    const now = performance.now()
    while ((recent[0] ?? now) < now - 60_000) recent.shift()
    recent.push(now)
    if (recent.length > 120) state.broke('gateway.event-rate', 'gateway', 'more than 120 events in 60 s')
    return recent.length > 120
  }

  function identify(socket: WebSocket, data: JsonObject): Session | undefined {
    if (textIn(data.token)?.replace(/^Bot /, '') !== state.token) {
      socket.close(4004, 'Authentication failed.')
      return undefined
    }
    const intents = numberIn(data.intents) ?? 0
    const { mayReadMembers, mayReadMessages } = state.world.application
    const isForbidden =
      ((intents & intent.guildMembers) !== 0 && !mayReadMembers) ||
      ((intents & intent.messageContent) !== 0 && !mayReadMessages) ||
      (intents & intent.guildPresences) !== 0
    if (isForbidden) {
      socket.close(4014, 'Disallowed intent(s).')
      return undefined
    }
    identifies += 1
    const [index = 0, count = 1] = listIn(data.shard).map(Number)
    const session: Session = {
      id: randomBytes(16).toString('hex'),
      intents,
      shard: [index, count],
      socket,
      seq: 0,
      sent: [],
      hasItsGuilds: false,
    }
    sessions.set(session.id, session)
    const guilds = state.world.guilds.filter((guild) => concerns(session, guild.id))
    dispatch(session, 'READY', {
      v: 10,
      user: { ...userForm(state.world.bot), verified: true, mfa_enabled: false, email: null, flags: 0 },
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: gatewayUrl(),
      shard: [index, count],
      application: { id: state.world.application.id, flags: applicationFlags(state.world) },
      private_channels: [],
      relationships: [],
      presences: [],
      user_settings: {},
      geo_ordered_rtc_regions: [],
      auth: {},
      _trace: [],
    })
    if ((intents & intent.guilds) !== 0) {
      for (const guild of guilds) dispatch(session, 'GUILD_CREATE', guildCreateForm(state.world, guild))
    }
    session.hasItsGuilds = true
    state.watch.changed()
    return session
  }

  function resume(socket: WebSocket, data: JsonObject): Session | undefined {
    const session = sessions.get(textIn(data.session_id) ?? '')
    const since = numberIn(data.seq) ?? 0
    if (textIn(data.token)?.replace(/^Bot /, '') !== state.token) {
      socket.close(4004, 'Authentication failed.')
      return undefined
    }
    const oldest = session?.sent[0]?.seq ?? 0
    if (session === undefined || since < oldest - 1 || since > session.seq) {
      write(socket, { op: op.invalidSession, d: false })
      return undefined
    }
    session.socket?.terminate()
    session.socket = socket
    for (const { seq, text } of session.sent) if (seq > since) socket.send(text)
    dispatch(session, 'RESUMED', { _trace: [] })
    state.watch.changed()
    return session
  }

  /** Whether a session hears of a guild: its shard does; DMs go to shard 0. */
  function concerns(session: Session, guildId: string | undefined): boolean {
    const [index, count] = session.shard
    if (count === 1) return true
    return guildId === undefined ? index === 0 : Number((BigInt(guildId) >> 22n) % BigInt(count)) === index
  }

  function dispatch(session: Session, name: string, data: unknown): void {
    session.seq += 1
    const text = JSON.stringify({ op: op.dispatch, t: name, s: session.seq, d: data })
    session.sent.push({ seq: session.seq, text })
    if (session.sent.length > replayable * 2) session.sent = session.sent.slice(-replayable)
    if (session.socket?.readyState === 1) session.socket.send(text)
  }

  /** Up to 1,000 members a chunk. @see https://docs.discord.com/developers/events/gateway-events#request-guild-members */
  function sendMembers(session: Session, asked: JsonObject): void {
    const guildId = textIn(asked.guild_id)
    const guild = state.guild(guildId)
    if (guild === undefined) return
    const wanted = asked.user_ids === undefined ? undefined : [asked.user_ids].flat().map(String)
    const query = textIn(asked.query)
    const limit = numberIn(asked.limit) ?? 0
    const hasIntent = (session.intents & intent.guildMembers) !== 0
    if (wanted === undefined && (query ?? '') === '' && limit === 0 && !hasIntent) {
      state.broke('gateway.members-intent', 'gateway op 8', 'the whole list needs the intent GUILD_MEMBERS')
      return
    }
    const found =
      wanted !== undefined
        ? guild.members.filter((one) => wanted.includes(one.user.id))
        : membersNamed(guild, query ?? '').slice(0, limit === 0 ? undefined : limit)
    const count = Math.max(1, Math.ceil(found.length / 1000))
    for (let index = 0; index < count; index++) {
      dispatch(session, 'GUILD_MEMBERS_CHUNK', {
        guild_id: guild.id,
        members: found.slice(index * 1000, (index + 1) * 1000).map(memberForm),
        chunk_index: index,
        chunk_count: count,
        not_found: wanted?.filter((id) => state.member(guild, id) === undefined) ?? [],
        ...(asked.nonce === undefined ? {} : { nonce: asked.nonce }),
      })
    }
  }

  const gatewayUrl = () => state.url.replace(/^http/, 'ws').replace(/\/api$/, '/gateway')
  const open = () => [...sessions.values()].filter((session) => session.socket !== undefined)

  return {
    tell(name, data, { guildId, intent: needed = 0 }) {
      for (const session of sessions.values()) {
        if ((session.intents & needed) === needed && concerns(session, guildId)) dispatch(session, name, data)
      }
    },
    dispatchInteraction(payload, guildId) {
      let connected = 0
      for (const session of sessions.values()) {
        if (!concerns(session, guildId)) continue
        dispatch(session, 'INTERACTION_CREATE', payload)
        if (session.socket !== undefined) connected += 1
      }
      return connected
    },
    gatewayBot: () => ({
      url: gatewayUrl(),
      shards: 1,
      session_start_limit: {
        total: identifiesADay,
        remaining: identifiesADay - identifies,
        reset_after: 86_400_000,
        max_concurrency: 1,
      },
    }),
    ready: () =>
      state.watch
        .until(
          () => (open().some((session) => session.hasItsGuilds) ? true : undefined),
          15_000,
          () => 'no bot has identified',
        )
        .then(() => undefined),
    connectedSessions: () => open().length,
    drop(how) {
      for (const session of open()) {
        const { socket } = session
        session.socket = undefined
        if (how === 'cut') socket?.terminate()
        else if (how === 'close') socket?.close(4000, 'Unknown error.')
        else if (socket !== undefined) write(socket, { op: op.reconnect, d: null })
      }
    },
    invalidate(resumable) {
      for (const session of open()) {
        const { socket } = session
        if (!resumable) sessions.delete(session.id)
        session.socket = undefined
        if (socket !== undefined) write(socket, { op: op.invalidSession, d: resumable })
      }
    },
    goDown() {
      isUp = false
      for (const session of open()) {
        session.socket?.terminate()
        session.socket = undefined
      }
    },
    comeUp() {
      isUp = true
    },
    close: () =>
      new Promise((resolve) => {
        isUp = false
        for (const client of sockets.clients) client.terminate()
        sockets.close(() => resolve())
      }),
  }
}

function write(socket: WebSocket, payload: JsonObject): void {
  if (socket.readyState === 1) socket.send(JSON.stringify(payload))
}

function parsed(data: RawData): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(String(data))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

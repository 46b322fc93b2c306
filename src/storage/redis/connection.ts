import { systemClock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { StoreUnavailable } from '../../sharing/ports.ts'
import { RedisError, serverFailed, toRedisError, unavailable } from './error.ts'
import type { Script } from './scripts.ts'
import { parseRedisUrl, type RedisAddress, shownAddress } from './url.ts'

/** As `deadline.ts` has it for the whole of a call. */
const answerMs = 2000
const longestPauseMs = 2000

/**
 * One connection to Redis that comes back by itself. Each question is sent at most once and answered or refused
 * within 2 seconds; nothing waits in a queue for a Redis that is away. Where an answer is lost on the way, the
 * question may have been carried out: everything that writes compares, so asking again is harmless.
 */
export class RedisConnection {
  /** Its address, without account and password. */
  readonly server: string
  readonly #options: ClientOptions
  readonly #createClient: CreateClient
  readonly #log: Log
  readonly #closing = new AbortController()
  readonly #asked = new Set<Promise<unknown>>()
  #closed: Promise<void> | undefined
  /** There while Redis answers. */
  #client: Client | undefined
  #whyNot = new RedisError('LOST')

  private constructor(createClient: CreateClient, address: RedisAddress, log: Log) {
    this.server = shownAddress(address)
    this.#createClient = createClient
    this.#options = clientOptions(address)
    this.#log = log
  }

  /** Throws `ServerFailed` where Redis does not answer. Whoever has no Redis does not load its client. */
  static async open(url: string, log: Log): Promise<RedisConnection> {
    const address = addressOf(url)
    const { RedisClient } = await import('@redis/client')
    // `createClient` would build its class of some 400 commands again, for 100 ms, at every attempt to come back.
    const connection = new RedisConnection(RedisClient.factory({ RESP: 2 }), address, log)
    try {
      connection.#client = await connection.#connect()
    } catch (error) {
      throw serverFailed(error, connection.server)
    }
    return connection
  }

  /** Redis' answer to one command. Throws `StoreUnavailable`. */
  ask(what: string, ...command: string[]): Promise<unknown> {
    return this.#answer(what, () => this.#send(command))
  }

  /** Runs a script by its name, and where Redis does not know it (then it did nothing) by its text. */
  run(what: string, { sha, text }: Script, keys: readonly string[], values: readonly string[]) {
    const rest = [String(keys.length), ...keys, ...values]
    return this.#answer(what, () =>
      this.#send(['EVALSHA', sha, ...rest]).catch((error: unknown) => {
        if (toRedisError(error).code !== 'NOSCRIPT') throw error
        return this.#send(['EVAL', text, ...rest])
      }),
    )
  }

  /** What was asked before is answered first, as far as it is answered in time. */
  close(): Promise<void> {
    this.#closing.abort()
    this.#closed ??= Promise.allSettled(this.#asked).then(() => {
      this.#client?.destroy()
      this.#client = undefined
    })
    return this.#closed
  }

  /** What a failure of Redis becomes. */
  unavailable(what: string, error: unknown): StoreUnavailable {
    return unavailable(what, error, this.server)
  }

  async #answer(what: string, ask: () => Promise<unknown>): Promise<unknown> {
    if (this.#closing.signal.aborted) throw this.unavailable(what, new RedisError('CLOSED'))
    const asked = ask()
    this.#asked.add(asked)
    try {
      return await asked
    } catch (error) {
      throw this.unavailable(what, error)
    } finally {
      this.#asked.delete(asked)
    }
  }

  async #send(command: readonly string[]): Promise<unknown> {
    const client = this.#client
    if (!client) throw this.#whyNot
    try {
      return await inTime(client.sendCommand(command))
    } catch (error) {
      // Nobody knows what is still under way on a connection that is silent: the next question gets another one.
      const isSilent = error instanceof RedisError && error.code === 'SILENT'
      if (isSilent || !client.isReady) this.#lose(client, error)
      throw error
    }
  }

  #lose(client: Client, error: unknown): void {
    if (client !== this.#client) return
    this.#client = undefined
    this.#whyNot = toRedisError(error)
    client.destroy()
    if (this.#closing.signal.aborted) return
    this.#log.warn({ reason: this.#whyNot.code }, 'Redis does not answer')
    void this.#comeBack()
  }

  async #comeBack(): Promise<void> {
    const { signal } = this.#closing
    for (let pauseMs = 50; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await systemClock.wait(pauseMs, signal)
      if (signal.aborted) return
      try {
        const client = await this.#connect()
        if (signal.aborted) return client.destroy()
        this.#client = client
        return this.#log.info({}, 'Redis answers again')
      } catch (error) {
        if (!signal.aborted) this.#whyNot = toRedisError(error)
      }
    }
  }

  /** A connection on which Redis has answered once: a frozen one lets itself be connected to. */
  async #connect(): Promise<Client> {
    const client = this.#createClient(this.#options)
    // Without a listener the emitter would throw and end the process.
    client.on('error', (error: unknown) => this.#lose(client, error))
    try {
      await inTime(client.connect())
      const pong: unknown = await inTime(client.sendCommand(['PING']))
      if (pong !== 'PONG') throw new RedisError('UNEXPECTED')
      return client
    } catch (error) {
      client.destroy()
      throw toRedisError(error)
    }
  }
}

function addressOf(url: string): RedisAddress {
  try {
    return parseRedisUrl(url)
  } catch (error) {
    throw serverFailed(error, 'Redis')
  }
}

function clientOptions({ host, port, isEncrypted, account, password, database }: RedisAddress) {
  return {
    socket: {
      host,
      port,
      ...(isEncrypted ? { tls: true as const } : {}),
      connectTimeout: answerMs,
      // A lost connection is given up here: who it was lost for shall hear it and not wait.
      reconnectStrategy: false as const,
    },
    ...(account === undefined ? {} : { username: account }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    database,
    RESP: 2 as const,
    disableOfflineQueue: true,
    disableClientInfo: true,
    // Its time-out ends with the sending, so the one here counts.
    commandOptions: { timeout: 0 },
    // Servers and networks end connections that are idle.
    pingInterval: 20_000,
  }
}

/** What is used of the client. */
interface Client {
  readonly isReady: boolean
  connect(): Promise<unknown>
  sendCommand(command: readonly string[]): Promise<unknown>
  on(event: 'error', listener: (error: unknown) => void): unknown
  destroy(): void
}
type ClientOptions = ReturnType<typeof clientOptions>
type CreateClient = (options: ClientOptions) => Client

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new RedisError('SILENT')), answerMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

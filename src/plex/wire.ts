import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import axios, { AxiosError, type AxiosInstance, type AxiosResponse } from 'axios'

/** One request as it goes out, with nothing in the address that must not stand in somebody's log but Home PINs. */
export interface WireRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  headers: Readonly<Record<string, string>>
  body: string | undefined
  /** Ends the request when nothing has moved for so long. */
  idleMs: number
  /** Ends the request however much is moving. */
  totalMs: number
}

export interface WireAnswer {
  status: number
  body: string
  retryAfter: unknown
}

/** Why there is no answer. Carries nothing of the request: axios' own error prints the token, so it stays here. */
export class WireFailure extends Error {
  override readonly name = 'WireFailure'
  readonly kind: 'unreachable' | 'timedOut' | 'tooLarge' | 'undecodable'
  /** False only where the request certainly did not arrive. */
  readonly mayHaveArrived: boolean

  constructor(kind: WireFailure['kind'], mayHaveArrived: boolean) {
    super(kind)
    this.kind = kind
    this.mayHaveArrived = mayHaveArrived
  }
}

/** The only place that speaks HTTP. Follows no redirect, uses no proxy, keeps no cookie, reads no address but ours. */
export class Wire {
  readonly #axios: AxiosInstance
  readonly #agents: readonly [HttpAgent, HttpsAgent]

  constructor(baseUrl: string, maxBytes: number) {
    // A connection that stays open saves two round trips of handshake. Servers commonly close an idle one after 75 s;
    // ours must be closed before, or a write goes into the closing door and its outcome is unclear.
    const keep = { keepAlive: true, timeout: 65_000, maxSockets: 8 }
    this.#agents = [new HttpAgent(keep), new HttpsAgent(keep)]
    this.#axios = axios.create({
      baseURL: baseUrl,
      httpAgent: this.#agents[0],
      httpsAgent: this.#agents[1],
      // A redirect would take the token to whatever host it names.
      maxRedirects: 0,
      allowAbsoluteUrls: false,
      proxy: false,
      maxContentLength: maxBytes,
      maxBodyLength: maxBytes,
      responseType: 'arraybuffer',
      transformResponse: [],
      transformRequest: [],
      validateStatus: () => true,
    })
  }

  /** @throws WireFailure */
  async send(request: WireRequest): Promise<WireAnswer> {
    const { method, path, headers, body, idleMs, totalMs } = request
    let response: AxiosResponse<Buffer>
    try {
      response = await this.#axios.request<Buffer>({
        method,
        url: path,
        headers: { ...headers },
        data: body,
        timeout: idleMs,
        signal: AbortSignal.timeout(totalMs),
      })
    } catch (error) {
      throw failureOf(error)
    }
    return {
      status: response.status,
      body: textOf(response.data, response.headers['content-type']),
      retryAfter: response.headers['retry-after'],
    }
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy()
  }
}

function failureOf(error: unknown): WireFailure {
  // Only its code is read, and which of two things `ERR_BAD_RESPONSE` means; the error itself is dropped here.
  const code = error instanceof AxiosError ? (error.code ?? '') : ''
  const isTooLarge = error instanceof AxiosError && error.message.startsWith('maxContentLength')
  if (axios.isCancel(error)) return new WireFailure('timedOut', true)
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') return new WireFailure('timedOut', true)
  if (isTooLarge) return new WireFailure('tooLarge', true)
  if (/^(ERR_STREAM|Z_|ERR_PADDING|ERR_BROTLI|ERR__ERROR)/u.test(code))
    return new WireFailure('undecodable', true)
  return new WireFailure('unreachable', !neverSent.test(code))
}

/** Refused, not found, no route, or no trust in the certificate: before the first byte of the request. */
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_NODATA|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO|ERR_INVALID|ERR_BAD_OPTION|ERR_UNESCAPED)/u

function textOf(data: unknown, contentType: unknown): string {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array()
  const charset = /charset=\s*"?([\w-]+)/iu.exec(String(contentType ?? ''))?.[1]?.toLowerCase() ?? 'utf-8'
  try {
    // `fatal`: a name with U+FFFD in it would be another name.
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    throw new WireFailure('undecodable', true)
  }
}

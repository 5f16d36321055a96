import type { IncomingMessage } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { APIConnectionError, BadGatewayError } from '../../core/errors.ts'
import { asNumber, asObject, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ResponseHeaders } from '../../core/upstream.ts'
import { encodeClientFrame, eventFromFrame } from '../../dialects/responses/index.ts'
import type { Exchange, ExchangeHandler, ExchangeRequest } from '../../transport/exchange.ts'
import type { Transport } from '../../transport/transport.ts'
import type { SocketPool } from './socket-pool.ts'

/** Larger frames end the connection; VS Code's bound for the same wire. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
const LAST = /^\{"type": ?"(?:response\.(completed|incomplete|failed|cancelled)|error)"/
/** They change from turn to turn, and travel in the frame; the others are the connection's. */
const OF_THE_TURN = /^x-(?:initiator$|request-id$|interaction-|agent-task-id$)/
const NOT_FOR_UPGRADES = new Set(['accept', 'content-type', 'content-length'])

export interface SocketExchangeOptions {
  readonly pool: SocketPool
  /** What serves the request when the WebSocket does not. */
  readonly http: Pick<Transport, 'dispatch'>
  readonly connectTimeoutMs: number
}

/**
 * One response over an upstream's WebSocket, seen from the engine as the HTTP exchange it stands for: frames come as the events
 * of a stream. Until the first event nothing is lost by asking over HTTP instead, which is done where the handshake
 * or the request is refused: there the refusal has a status and headers to go by.
 */
export class SocketExchange implements Exchange {
  readonly #request: ExchangeRequest
  readonly #handler: ExchangeHandler
  readonly #options: SocketExchangeOptions
  readonly #key: string
  #socket: WebSocket | undefined
  #fallback: Exchange | undefined
  #headers: ResponseHeaders = {}
  #asked = false
  #started = false
  #over = false

  constructor(request: ExchangeRequest, handler: ExchangeHandler, options: SocketExchangeOptions) {
    this.#request = request
    this.#handler = handler
    this.#options = options
    const connection = connectionHeaders(request)
    this.#key = JSON.stringify([request.origin, request.path, connection])
    const idle = options.pool.take(this.#key)
    if (idle === undefined) {
      void this.#connect(connection)
    } else {
      this.#attach(idle)
      this.#ask()
    }
  }

  abort(): void {
    if (this.#fallback !== undefined) this.#fallback.abort()
    else this.#end()?.terminate()
  }

  resume(): void {
    if (this.#fallback !== undefined) this.#fallback.resume()
    else this.#socket?.resume()
  }

  async #connect(headers: Readonly<Record<string, string>>): Promise<void> {
    const { origin, path } = this.#request
    try {
      // Few upstreams serve one: nobody else loads what it takes.
      const { WebSocket } = await import('ws')
      if (this.#over) return
      const socket = new WebSocket(origin.replace(/^http/, 'ws') + path, {
        headers: { ...headers, ...turnHeaders(this.#request, 'x-request-id') },
        perMessageDeflate: false,
        maxPayload: MAX_FRAME_BYTES,
        handshakeTimeout: this.#options.connectTimeoutMs,
        followRedirects: false,
      })
      this.#attach(socket)
    } catch {
      // A request that cannot be made at all. Over HTTP it cannot either, and there is said why.
      if (this.#over) return
      this.#end()
      this.#overHttp()
    }
  }

  #attach(socket: WebSocket): void {
    this.#socket = socket
    socket.on('upgrade', (response: IncomingMessage) => {
      this.#headers = plainHeaders(response)
    })
    socket.on('open', () => {
      this.#ask()
    })
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (!isBinary) this.#frame(textOf(data))
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed()
    })
  }

  #ask(): void {
    this.#asked = true
    const text = Buffer.from(this.#request.body ?? '{}').toString('utf8')
    const body = asObject(tryParseJson(text)) ?? {}
    const { 'x-initiator': initiator, ...headers } = turnHeaders(this.#request)
    const extra: JsonObject = { ...(initiator === undefined ? {} : { initiator }), headers }
    this.#socket?.send(encodeClientFrame(body, extra))
  }

  #frame(text: string): void {
    if (this.#over) return
    const last = LAST.exec(text)
    if (last !== null && !this.#started && last[1] === undefined && this.#refused(text)) return
    if (!this.#started) {
      this.#started = true
      this.#handler.onHead(200, { ...this.#headers, 'content-type': 'text/event-stream' })
    }
    const more = this.#handler.onData(Buffer.from(eventFromFrame(text)))
    if (last !== null) {
      const socket = this.#end()
      if (socket !== undefined && last[1] === 'completed')
        this.#options.pool.give(this.#key, socket)
      else socket?.terminate()
      this.#handler.onEnd()
    } else if (!more) this.#socket?.pause()
  }

  /** An error before anything else is the request's refusal. `true`: it is dealt with. */
  #refused(text: string): boolean {
    const frame = asObject(tryParseJson(text)) ?? {}
    const error = isJsonObject(frame['error']) ? frame['error'] : frame
    const status = statusOf(frame, asString(error['code']) ?? '')
    this.#end()?.terminate()
    if (status === undefined) {
      this.#overHttp()
      return true
    }
    const { type: _, ...rest } = error
    this.#handler.onHead(status, { ...this.#headers, 'content-type': 'application/json' })
    this.#handler.onData(Buffer.from(JSON.stringify({ error: rest })))
    this.#handler.onEnd()
    return true
  }

  #closed(): void {
    if (this.#over) return
    const { origin } = this.#request
    this.#end()
    if (!this.#asked) {
      this.#options.pool.avoid(origin)
      this.#overHttp()
    } else if (this.#started) {
      this.#handler.onError(
        new APIConnectionError('the upstream closed the WebSocket before the answer was complete', {
          code: 'connection_reset',
        }),
      )
    } else {
      // It may have been read, and be under way: whether to ask again is the caller's to decide.
      this.#options.pool.avoid(origin)
      this.#handler.onError(
        new BadGatewayError('the upstream closed the WebSocket without an answer', {
          code: 'connection_reset',
        }),
      )
    }
  }

  #overHttp(): void {
    this.#fallback = this.#options.http.dispatch(this.#request, this.#handler)
  }

  /** Lets go of the connection: nothing of it is heard any more. */
  #end(): WebSocket | undefined {
    if (this.#over) return undefined
    this.#over = true
    const socket = this.#socket
    this.#socket = undefined
    socket?.removeAllListeners()
    socket?.on('error', () => {})
    return socket
  }
}

/** Codes that say all, so that HTTP need not be asked, too, in the very moment in which it is too much already. */
function statusOf(frame: JsonObject, code: string): number | undefined {
  if (/rate_limit|overloaded|agent_mode_limit/.test(code)) return 429
  if (/quota_exceeded|overage_limit|billing_not_configured/.test(code)) return 402
  const status = asNumber(frame['status'])
  return status !== undefined && status >= 500 && status <= 599 ? status : undefined
}

function connectionHeaders({ headers, authorization }: ExchangeRequest): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...headers, ...authorization })) {
    if (!OF_THE_TURN.test(name) && !NOT_FOR_UPGRADES.has(name)) kept[name] = value
  }
  return kept
}

function turnHeaders({ headers }: ExchangeRequest, only?: string): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (only === undefined ? OF_THE_TURN.test(name) : name === only) kept[name] = value
  }
  return kept
}

function plainHeaders({ headers }: IncomingMessage): ResponseHeaders {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8')
}

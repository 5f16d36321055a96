import { APIConnectionError } from '../core/errors.ts'
import { isJsonObject, tryParseJson } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import { Unmet } from './check.ts'

export interface Ask {
  /** @default 'POST' with a body, 'GET' without */
  readonly method?: string
  /** Below the base URL. */
  readonly path: string
  readonly body?: JsonObject
  /** Sent as it is, instead of `body`. */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Another key than the server's; `''` sends none. */
  readonly key?: string
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** The server under test. */
export interface Server {
  readonly model: string
  readonly hasKey: boolean
  /** Rejects with an `Unmet` when nothing comes back, and with an `APIConnectionError` when nothing ever did. */
  ask(ask: Ask): Promise<Reply>
}

export interface ServerOptions {
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly model: string
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** Headers that carry the key, and those that every request of the dialect has. */
  readonly headers: (key: string | undefined) => Readonly<Record<string, string>>
}

const MOST_BYTES = 16 * 1024 * 1024

export function openServer(options: ServerOptions): Server {
  const { baseUrl, apiKey, model } = options
  let reached = false
  return {
    model,
    hasKey: apiKey !== undefined,
    async ask({ method, path, body, raw, headers, key }) {
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
      const given = key === '' ? undefined : (key ?? apiKey)
      const timeout = AbortSignal.timeout(options.timeoutMs)
      const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout
      try {
        const response = await fetch(baseUrl + path, {
          method: method ?? (sent === undefined ? 'GET' : 'POST'),
          headers: {
            ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
            ...options.headers(given),
            ...headers,
          },
          ...(sent === undefined ? {} : { body: sent }),
          redirect: 'error',
          signal,
        })
        reached = true
        return { status: response.status, headers: response.headers, text: await bodyOf(response) }
      } catch (error) {
        if (options.signal?.aborted || error instanceof Unmet) throw error
        if (!reached && !timeout.aborted) {
          throw new APIConnectionError(`${baseUrl}: ${reasonOf(error)}`, { cause: error })
        }
        const what = timeout.aborted ? `nothing within ${options.timeoutMs} ms` : reasonOf(error)
        throw new Unmet(`${path}: ${what}`, { cause: error })
      }
    },
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array
    size += bytes.length
    if (size > MOST_BYTES) throw new Unmet(`the answer is longer than ${MOST_BYTES} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the request failed'
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return 'code' in cause ? String(cause.code) : cause.message
}

/** The body as an object. */
export function jsonOf(reply: Reply): JsonObject {
  const value = tryParseJson(reply.text)
  if (isJsonObject(value)) return value
  throw new Unmet(`the body is no JSON object: ${excerpt(reply.text)}`)
}

/** The body of a success. */
export function okOf(reply: Reply): JsonObject {
  if (reply.status !== 200) {
    throw new Unmet(`status ${reply.status}, not 200: ${excerpt(reply.text)}`)
  }
  return jsonOf(reply)
}

export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}

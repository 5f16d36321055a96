import { PermissionDeniedError, AuthenticationError, JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isLoopback } from '../../core/loopback.ts'
import { createTransport } from '../../transport/transport.ts'
import type { CommandContext } from '../command.ts'

/** A gateway as its users see it: over HTTP, with a key. */
export interface GatewayClient {
  get(path: string): Promise<JsonObject>
  post(path: string, body: JsonObject): Promise<JsonObject>
  /** As it is: for `/metrics`. */
  text(path: string): Promise<string>
  close(): Promise<void>
}

export interface GatewayClientOptions {
  readonly url: string
  readonly key: string | undefined
  readonly environment: CommandContext['environment']
  readonly signal: AbortSignal
}

/** Rejects with a `JetwayError` that carries the gateway's own words. */
export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const { url, key, environment, signal } = options
  // A proxy has no way to this machine's own loopback.
  const env = isLoopback(new URL(url).hostname) ? {} : environment
  const transport = createTransport({ env })
  const send = async (method: 'GET' | 'POST', path: string, body?: JsonObject): Promise<string> => {
    const answer = await transport.request({
      method,
      url: `${url}${path}`,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    })
    if (answer.status >= 200 && answer.status < 300) return answer.body
    throw refusal(answer.status, answer.body)
  }
  return {
    get: async (path) => parse(await send('GET', path)),
    post: async (path, body) => parse(await send('POST', path, body)),
    text: (path) => send('GET', path),
    close: () => transport.destroy(),
  }
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as JsonObject
  } catch {
    // Said below.
  }
  throw new JetwayError('what answers there is no Jetway gateway: its answer is no JSON object', {
    status: 502,
    code: 'bad_answer',
  })
}

function refusal(status: number, body: string): JetwayError {
  const { message, code } = words(body)
  const text = `the gateway answers ${status}${message === undefined ? '' : `: ${message}`}`
  const init = { status, ...(code === undefined ? {} : { code }) }
  if (status === 401) return new AuthenticationError(text, init)
  if (status === 403) return new PermissionDeniedError(text, init)
  return new JetwayError(text, init)
}

function words(body: string): { readonly message?: string; readonly code?: string } {
  try {
    const { error } = JSON.parse(body) as {
      readonly error?: { readonly message?: unknown; readonly code?: unknown }
    }
    return {
      ...(typeof error?.message === 'string' ? { message: error.message } : {}),
      ...(typeof error?.code === 'string' ? { code: error.code } : {}),
    }
  } catch {
    return {}
  }
}

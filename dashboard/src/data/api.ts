/** What the gateway answered in place of what was asked for. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string | undefined

  constructor(message: string, status: number, code: string | undefined) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
  }
}

export type Json = Record<string, unknown>

export interface AskOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** Sends what the page asks; only with this header does the gateway let the session stand for its key. */
export async function send(path: string, options: AskOptions = {}): Promise<Response> {
  const { method = 'GET', body, headers, signal } = options
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: {
      'x-jetway-dashboard': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  }
  if (body !== undefined) init.body = JSON.stringify(body)
  if (signal) init.signal = signal
  try {
    return await fetch(path, init)
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError('The gateway cannot be reached. Is it still running?', 0, 'unreachable')
  }
}

/** The answer as JSON; rejects with an `ApiError` that says in words what is wrong. */
export async function ask<Shape>(path: string, options: AskOptions = {}): Promise<Shape> {
  const response = await send(path, options)
  const text = await response.text()
  // The session may have ended, or its key; or the seat is not signed in: whoever listens finds out.
  if (response.status === 401) dispatchEvent(new Event('unauthorised'))
  if (!response.ok) throw refusal(text, response.status)
  return JSON.parse(text) as Shape
}

export function refusal(text: string, status: number): ApiError {
  const error = (parse(text)?.['error'] ?? {}) as Json | string
  if (typeof error === 'string') return new ApiError(error, status, undefined)
  const { message, code } = error
  if (code === 'unknown_endpoint') return new ApiError(NO_DATABASE, status, code)
  return new ApiError(
    typeof message === 'string' ? message : `The gateway answered ${status}.`,
    status,
    typeof code === 'string' ? code : undefined,
  )
}

const NO_DATABASE =
  'This gateway runs without a database, so it keeps no requests, keys, people and seats. What it said at its start names the reason.'

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** `{a: 1, b: ''}` as `?a=1`: what is empty is not asked. */
export function query(fields: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

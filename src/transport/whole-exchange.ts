import { APIConnectionError, BadRequestError, Timeout } from '../core/errors.ts'
import type { JetwayError } from '../core/errors.ts'
import type { HttpRequest, HttpResponse } from '../core/http.ts'
import type { ResponseHeaders } from '../core/upstream.ts'
import type { Exchange, ExchangeHandler, ExchangeRequest } from './exchange.ts'

const TIMEOUT_MS = 30_000
const MAX_BYTES = 8 * 1024 * 1024

type Dispatch = (request: ExchangeRequest, handler: ExchangeHandler) => Exchange

/** One whole exchange, bounded in time and size. The time runs from the call, over connecting and sending. */
export function requestWhole(dispatch: Dispatch, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const url = parseUrl(request.url)
    if (url === undefined) {
      reject(new BadRequestError('the address to call is not a valid http(s) URL'))
      return
    }
    const { signal } = request
    if (signal?.aborted === true) {
      reject(signal.reason)
      return
    }
    const timeoutMs = request.timeoutMs ?? TIMEOUT_MS
    const maxBytes = request.maxBytes ?? MAX_BYTES
    const chunks: Uint8Array[] = []
    let size = 0
    let head: { readonly status: number; readonly headers: ResponseHeaders } | undefined

    const release = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const fail = (error: Error): void => {
      release()
      exchange.abort()
      reject(error)
    }
    const onAbort = (): void => {
      fail(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      fail(new Timeout(`${url.host} did not answer within ${timeoutMs} ms`, { code: 'timeout' }))
    }, timeoutMs)
    timer.unref()
    signal?.addEventListener('abort', onAbort, { once: true })

    const exchange = dispatch(
      {
        method: request.method,
        origin: url.origin,
        path: url.pathname + url.search,
        headers: request.headers,
        body: request.body,
      },
      {
        onHead(status, headers) {
          head = { status, headers }
        },
        onData(chunk) {
          size += chunk.length
          if (size > maxBytes) {
            fail(tooLarge(url.host, maxBytes))
            return false
          }
          chunks.push(chunk)
          return true
        },
        onEnd() {
          release()
          resolve({
            status: head?.status ?? 0,
            headers: head?.headers ?? {},
            body: Buffer.concat(chunks).toString('utf8'),
          })
        },
        onError(error) {
          release()
          reject(error)
        },
      },
    )
  })
}

function tooLarge(host: string, maxBytes: number): JetwayError {
  return new APIConnectionError(`${host} answered with more than ${maxBytes} bytes`, {
    code: 'answer_too_large',
  })
}

function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined
}

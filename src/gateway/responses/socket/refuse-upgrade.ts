import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { JetwayError } from '../../../core/errors.ts'
import { responses } from '../../../dialects/responses/index.ts'
import { retryHeaders } from '../../call/serve-call.ts'

/** An upgrade is refused by a plain answer, in this dialect's words. */
export function refuseUpgrade(socket: Duplex, error: JetwayError, requestId: string): void {
  if (!socket.writable) return
  const { status, body, headers } = responses.encodeError(error, requestId)
  const bytes = Buffer.from(JSON.stringify(body))
  const all: Readonly<Record<string, string>> = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...retryHeaders(error),
    ...headers,
    'x-request-id': requestId,
    'content-length': String(bytes.length),
    connection: 'close',
    ...error.headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const phrase = STATUS_CODES[status] ?? 'Error'
  socket.write(`HTTP/1.1 ${status} ${phrase}\r\n${lines.join('')}\r\n`, 'latin1')
  socket.end(bytes)
}

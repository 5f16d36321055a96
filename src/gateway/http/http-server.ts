import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export type Listener = (request: IncomingMessage, response: ServerResponse) => void

export interface HttpServerOptions {
  readonly listener: Listener
  readonly maxBodyBytes: () => number
}

const HEADERS_TIMEOUT_MS = 15_000
/** For the largest body over a slow line; a client that sends a byte a second does not hold a socket for ever. */
const REQUEST_TIMEOUT_MS = 300_000
/** Longer than the 60 seconds of common load balancers, which else meet a connection just being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000
const CHECK_INTERVAL_MS = 5_000
const MAX_HEADER_BYTES = 32_768

/** Node's HTTP server with limits against clients that are slow, large or malformed. */
export function createHttpServer(options: HttpServerOptions): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    options.listener,
  )
  // Who asks before sending too much hears no without sending it.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!(Number(request.headers['content-length']) > options.maxBodyBytes())) {
      response.writeContinue()
    }
    options.listener(request, response)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === TOOK_TOO_LONG && bytesFrom(socket) === 0) keepUnused(socket)
    else answerClientError(error, socket)
  })
  return server
}

const TOOK_TOO_LONG = 'ERR_HTTP_REQUEST_TIMEOUT'

/**
 * Clients open connections in advance, or for a call that they then give up, and use them later. To such a one the limit for headers
 * would say 408, and its next call, sent in that moment, would read that as its answer. It stays as long as one that was used.
 */
function keepUnused(socket: Duplex): void {
  const timer = setTimeout(() => {
    if (bytesFrom(socket) === 0) socket.destroy()
  }, KEEP_ALIVE_TIMEOUT_MS - HEADERS_TIMEOUT_MS)
  timer.unref()
  socket.once('close', () => {
    clearTimeout(timer)
  })
}

function bytesFrom(socket: Duplex): number {
  return socket instanceof Socket ? socket.bytesRead : 0
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
  [TOOK_TOO_LONG]: ['408 Request Timeout', 'the request took too long to arrive'],
}

/** What is no HTTP gets an answer in OpenAI's form, as nothing says which dialect was meant. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable || hasBegunAnswer(socket)) {
    socket.destroy()
    return
  }
  const [status, message] = CLIENT_ERRORS[error.code ?? ''] ?? [
    '400 Bad Request',
    'the request is not valid HTTP/1.1',
  ]
  const body = JSON.stringify({
    error: { message, type: 'invalid_request_error', param: null, code: 'bad_http' },
  })
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/**
 * Whether an answer to an earlier request is on its way over this connection: another one in its midst would be read as part of it.
 * Node looks at the same thing where nobody listens for client errors.
 */
function hasBegunAnswer(socket: Duplex): boolean {
  const { _httpMessage: answer } = socket as { readonly _httpMessage?: ServerResponse | null }
  return answer?.headersSent === true
}

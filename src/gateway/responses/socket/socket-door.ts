import { ServerResponse } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Engine } from '../../../core/engine.ts'
import { JetwayError, NotFoundError, ServiceUnavailableError } from '../../../core/errors.ts'
import { asJetwayError } from '../../call/encode-refusal.ts'
import { presentedKeys } from '../../call/presented-keys.ts'
import { requestIdFrom } from '../../call/request-id.ts'
import { causeOf } from '../../call/serve-call.ts'
import type { GatewayHouse } from '../../house.ts'
import { createHostGuard } from '../../http/host-guard.ts'
import { normaliseUrl } from '../../http/normalise-url.ts'
import { createOriginGuard } from '../../http/origin-guard.ts'
import type { ResponseBook } from '../response-book.ts'
import { Connection } from './connection.ts'
import { handBack } from './hand-back.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

export interface SocketDoor {
  /** No connection begins, and each one ends after the response under way. */
  leave(): void
  /** Resolves when no connection is left. */
  left(): Promise<void>
  /** Ends every connection now. */
  close(): void
}

export interface SocketDoorOptions {
  readonly house: GatewayHouse
  readonly engine: Engine
  readonly book: ResponseBook
  readonly boundTo: string
}

/** `ws` also takes 8, a draft's, without a word. */
const VERSION = '13'
/** Of the conversations that all connections together remember. */
const MOST_MEMORY_BYTES = 512 * 1024 * 1024

/** `GET /v1/responses` as a WebSocket (https://platform.openai.com/docs/guides/websocket-mode). */
export function createSocketDoor(server: Server, options: SocketDoorOptions): SocketDoor {
  const { house } = options
  const budget = { bytes: 0, maxBytes: MOST_MEMORY_BYTES }
  const connections = new Map<WebSocket, Connection>()
  const waiting: (() => void)[] = []
  let leaving = false
  let sockets: Promise<WebSocketServer> | undefined
  /** Loaded with the first connection: most gateways have none, and a start need not wait for it. */
  const openSockets = async (): Promise<WebSocketServer> => {
    const { WebSocketServer } = await import('ws')
    return new WebSocketServer({
      noServer: true,
      // Compressing each frame of a stream costs more than it saves; an offer of it may be declined.
      perMessageDeflate: false,
      maxPayload: house.settings().maxBodyBytes,
    })
  }

  /** Throws what speaks against a connection. */
  const admit = async (request: IncomingMessage): Promise<void> => {
    const settings = house.settings()
    createHostGuard(options.boundTo, settings.allowedHosts ?? [])(request.headers.host)
    // Browsers open WebSockets across origins without asking first.
    const open = settings.masterKey === undefined
    const guard = createOriginGuard(settings.allowedOrigins ?? [], open)
    guard.check(request, new ServerResponse(request))
    const [path = '/'] = normaliseUrl(request.url ?? '/').split('?')
    if (path !== '/v1/responses' && path !== '/responses') throw noSocketHere()
    if (!settings.responses.webSocket) throw switchedOff()
    const version = request.headers['sec-websocket-version']
    if (version !== undefined && version !== VERSION) throw otherVersion()
    await house.authenticator.authenticate(presentedKeys(request.headers))
    if (leaving || connections.size >= settings.maxConcurrentCalls) throw noRoom(leaving)
  }

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const id = requestIdFrom(request.headers['x-request-id'], house)
    let opened: WebSocketServer
    try {
      await admit(request)
      opened = await (sockets ??= openSockets())
    } catch (thrown) {
      const error = asJetwayError(thrown)
      if (error !== thrown) house.log.error('a request failed', { id, cause: causeOf(thrown) })
      house.onRefused({ id, method: 'GET', route: 'responses (WebSocket)', error })
      refuseUpgrade(socket, error, id)
      return
    }
    opened.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, { ...options, budget, upgrade: request.headers })
      connections.set(webSocket, connection)
      webSocket.once('close', () => {
        connections.delete(webSocket)
        if (connections.size === 0) for (const resolve of waiting.splice(0)) resolve()
      })
      if (leaving) connection.leave()
    })
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      handBack(server, request, socket, head)
      return
    }
    // Without a listener, an error of a dying socket would end the process.
    socket.on('error', () => {
      socket.destroy()
    })
    void upgrade(request, socket, head)
  })

  return {
    leave() {
      leaving = true
      for (const connection of connections.values()) connection.leave()
    },
    left: () =>
      connections.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve)
          }),
    close() {
      leaving = true
      for (const webSocket of connections.keys()) webSocket.terminate()
      void sockets?.then((server) => {
        server.close()
      })
    },
  }
}

function noSocketHere(): NotFoundError {
  return new NotFoundError(
    'there is no WebSocket at this path; the one there is is /v1/responses',
    {
      code: 'unknown_endpoint',
    },
  )
}

/** Codex goes over to HTTP at once on this status, and tries seven times on others. */
function switchedOff(): JetwayError {
  return new JetwayError(
    'this gateway does not serve WebSockets (jetway.responses_web_socket): POST /v1/responses instead',
    { status: 426, code: 'websocket_not_served' },
  )
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-4.4; who answers 426 names what to upgrade to (RFC 9110, section 15.5.22). */
function otherVersion(): JetwayError {
  return new JetwayError(`this gateway speaks version ${VERSION} of the WebSocket protocol only`, {
    status: 426,
    code: 'websocket_version',
    headers: {
      'sec-websocket-version': VERSION,
      upgrade: 'websocket',
      connection: 'close, upgrade',
    },
  })
}

function noRoom(leaving: boolean): ServiceUnavailableError {
  return leaving
    ? new ServiceUnavailableError('the gateway is stopping; connect again in a moment', {
        code: 'stopping',
        retry_after: 1,
      })
    : new ServiceUnavailableError('the gateway has as many connections open as it takes', {
        code: 'overloaded',
        retry_after: 1,
      })
}

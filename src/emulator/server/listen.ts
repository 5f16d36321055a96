import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Listener {
  readonly origin: string
  readonly port: number
  close(): Promise<void>
}

export interface ListenHandlers {
  request(message: IncomingMessage, response: ServerResponse): Promise<void>
  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** Longer than any client keeps an idle connection, so that the client is the one who closes it. */
const KEEP_ALIVE_MS = 65_000

export function listen(host: string, port: number, handlers: ListenHandlers): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    handlers.request(message, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (message, socket: Duplex, head) => {
    upgraded.add(socket)
    socket.on('close', () => {
      upgraded.delete(socket)
    })
    // A client that goes away in the middle of the handshake is no error of ours.
    socket.on('error', () => {
      socket.destroy()
    })
    handlers.upgrade(message, socket, head)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const bound = (server.address() as AddressInfo).port
      const name = host.includes(':') ? `[${host}]` : host
      resolve({
        origin: `http://${name}:${bound}`,
        port: bound,
        close: () => closeAll(server, upgraded),
      })
    })
  })
}

function closeAll(server: Server, upgraded: ReadonlySet<Duplex>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    for (const socket of upgraded) socket.destroy()
    server.closeAllConnections()
  })
}

import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net'
import { afterEach } from 'vitest'
import { createTransport } from '../transport.ts'
import type { Transport, TransportOptions } from '../transport.ts'

/** Servers and transports for the tests of a file; each test's are closed when it ends, the last one first. */
export function useServers() {
  const cleanups: (() => Promise<void> | void)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
  })

  function transport(options?: TransportOptions): Transport {
    const made = createTransport(options)
    cleanups.push(() => made.destroy())
    return made
  }

  async function listen(server: Server | TcpServer): Promise<number> {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return (server.address() as AddressInfo).port
  }

  async function httpServer(listener: RequestListener): Promise<string> {
    const server = createServer(listener)
    cleanups.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${await listen(server)}`
  }

  async function tcpServer(onSocket: (socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>()
    const server = createTcpServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      onSocket(socket)
    })
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return `http://127.0.0.1:${await listen(server)}`
  }

  function onEnd(cleanup: () => Promise<void> | void): void {
    cleanups.push(cleanup)
  }

  return { transport, listen, httpServer, tcpServer, onEnd }
}

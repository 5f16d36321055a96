import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Reply = (response: ServerResponse, request: Received) => void

export interface ScriptedServer {
  readonly origin: string
  readonly received: readonly Received[]
  /** Connections that the other side closed before its answer was complete. */
  readonly aborted: () => number
  close(): Promise<void>
}

/** A real server that answers as the script says, one reply after the other, then the last one again. */
export async function startServer(...replies: readonly Reply[]): Promise<ScriptedServer> {
  const received: Received[] = []
  let aborted = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    response.on('close', () => {
      if (!response.writableFinished) aborted++
    })
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      const reply = replies[Math.min(received.length, replies.length - 1)]
      received.push(one)
      reply?.(response, one)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    aborted: () => aborted,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
}

/** Each event in a write of its own; `undefined` cuts the connection there. */
export function events(...list: readonly (string | undefined)[]): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const next = (at: number): void => {
      const event = list[at]
      if (at >= list.length) response.end()
      else if (event === undefined) response.destroy()
      else {
        response.write(`data: ${event}\n\n`, () => {
          setImmediate(next, at + 1)
        })
      }
    }
    next(0)
  }
}

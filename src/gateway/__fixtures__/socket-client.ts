import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import type { JsonObject } from '../../core/json.ts'

export interface SocketClient {
  readonly socket: WebSocket
  /** Headers of the answer to the upgrade. */
  readonly extensions: string
  send(frame: object): void
  /** The next frame; rejects when the connection ends first. */
  next(): Promise<JsonObject>
  /** Sends a create and gives its frames up to the one that ends it. */
  ask(body: object): Promise<JsonObject[]>
  /** The close code. */
  readonly closed: Promise<number>
}

const LAST = /^(?:response\.(?:completed|failed|incomplete)|error)$/

/** Rejects with the status and body of a refusal. */
export function connectSocket(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  path = '/v1/responses',
  options: ClientOptions = {},
): Promise<SocketClient> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, { headers, ...options })
  const inbox: JsonObject[] = []
  let wake = (): void => {}
  socket.on('message', (data: Buffer) => {
    inbox.push(JSON.parse(data.toString()) as JsonObject)
    wake()
  })
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      resolve(code)
      wake()
    })
  })
  const next = async (): Promise<JsonObject> => {
    for (;;) {
      const frame = inbox.shift()
      if (frame !== undefined) return frame
      if (socket.readyState !== WebSocket.OPEN) throw new Error('the connection is closed')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const send = (frame: object): void => {
    socket.send(JSON.stringify(frame))
  }
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      resolve({
        socket,
        extensions: socket.extensions,
        send,
        next,
        closed,
        async ask(body) {
          send({ type: 'response.create', ...body })
          const frames: JsonObject[] = []
          for (;;) {
            const frame = await next()
            frames.push(frame)
            const { type } = frame
            if (typeof type === 'string' && LAST.test(type)) return frames
          }
        },
      })
    })
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        reject(Object.assign(new Error(body), { status: response.statusCode }))
      })
    })
    socket.on('error', reject)
  })
}

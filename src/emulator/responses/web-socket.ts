import { STATUS_CODES } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { PlanHost } from '../accounts/plans.ts'
import { errorText } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { namedError } from '../faults/named-errors.ts'
import { admit } from '../gates/admit.ts'
import { noteCredential, readCredential } from '../gates/credential.ts'
import type { Seat } from '../gates/seat.ts'
import { startRecord } from '../records/start-record.ts'
import { scripted } from '../server/handle-request.ts'
import { headersOf } from '../server/incoming.ts'
import type { Incoming } from '../server/incoming.ts'
import type { WholeReply } from '../server/reply.ts'
import { requestUrl } from '../server/request-url.ts'
import { serviceHeaders } from '../server/service-headers.ts'
import type { World } from '../world.ts'
import { serveConnection } from './serve-connection.ts'

/** Frames above this close the connection with 1009. */
const MAX_FRAME_BYTES = 16_777_216

export interface WebSocketDoor {
  upgrade(
    planHost: PlanHost | undefined,
    message: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void
  close(): void
}

/** `GET /responses` as a WebSocket: the gates are passed once, at the handshake. */
export function createWebSocketDoor(world: World): WebSocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  })

  return {
    upgrade(planHost, message, socket, head) {
      const url = requestUrl(message.url)
      const headers = headersOf(message)
      const record = startRecord(world, {
        method: message.method ?? 'GET',
        url,
        headers,
        rawHeaders: message.rawHeaders,
        route: 'responses-ws',
      })
      world.requests.add(record)
      const credential = readCredential(world, headers['authorization'])
      noteCredential(record, credential)
      const taken = world.faults.take({
        route: record.route,
        method: record.method,
        path: record.path,
        model: undefined,
        login: record.login,
        initiator: record.initiator,
        stream: true,
      })
      record.fault = taken?.id
      const incoming: Incoming = {
        method: record.method,
        path: record.path,
        query: url.searchParams,
        headers,
        text: '',
        json: undefined,
        planHost,
        credential,
        fault: taken?.action,
        record,
      }
      const over = (outcome: 'complete' | 'aborted' | 'cut', status?: number): void => {
        record.outcome = outcome
        record.status = status
        world.requests.touch()
      }

      if (taken?.action.kind === 'reset') {
        socket.destroy()
        over('cut')
        return
      }
      if (taken?.action.kind === 'stall') {
        socket.on('close', () => {
          over('aborted')
        })
        return
      }
      const seat = seatOrRefusal(world, incoming)
      if ('status' in seat) {
        refuse(socket, seat, serviceHeaders(world, 'copilot', incoming))
        over('complete', seat.status)
        return
      }
      server.handleUpgrade(message, socket, head, (webSocket) => {
        record.status = 101
        webSocket.on('close', () => {
          over('complete', 101)
        })
        serveConnection(world, webSocket, seat, headers, record.id)
      })
    },
    close() {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}

function seatOrRefusal(world: World, incoming: Incoming): Seat | WholeReply {
  const script = scripted(incoming.fault)
  if (script) return script
  if (incoming.path !== '/responses') return errorText(404, '404 page not found')
  try {
    return admit(world, incoming)
  } catch (error) {
    if (!(error instanceof Refusal)) return namedError('internal_error')
    incoming.record.gate = error.gate
    return error.reply
  }
}

/** A handshake is refused by a plain HTTP answer. */
function refuse(
  socket: Duplex,
  reply: WholeReply,
  service: Readonly<Record<string, string>>,
): void {
  const body = Buffer.from(reply.body)
  const headers = {
    ...service,
    ...reply.headers,
    'content-length': String(body.length),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const phrase = STATUS_CODES[reply.status] ?? 'Unknown'
  socket.write(`HTTP/1.1 ${reply.status} ${phrase}\r\n${lines.join('\r\n')}\r\n\r\n`)
  socket.end(body)
}

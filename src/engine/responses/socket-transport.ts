import type { Clock } from '../../core/clock.ts'
import type { ExchangeRequest } from '../../transport/exchange.ts'
import type { Transport } from '../../transport/transport.ts'
import type { Outbound } from '../plan/outbound.ts'
import { SocketExchange } from './socket-exchange.ts'
import { createSocketPool } from './socket-pool.ts'

export interface SocketTransport extends Pick<Transport, 'dispatch'> {
  close(): void
}

/**
 * The Responses wire over an upstream's WebSocket, and over HTTP wherever that does not work. What a WebSocket is faster by,
 * going on from a response the upstream remembers, is not used: a call must be able to go to another target.
 */
export function createSocketTransport(
  http: Transport,
  clock: Clock,
  connectTimeoutMs: number,
): SocketTransport {
  const pool = createSocketPool(clock)
  return {
    dispatch: (request: ExchangeRequest, handler) =>
      pool.isAvoided(request.origin)
        ? http.dispatch(request, handler)
        : new SocketExchange(request, handler, { pool, http, connectTimeoutMs }),
    close: () => {
      pool.close()
    },
  }
}

/** What Copilot takes as one frame; more ends the connection. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
/** What a frame holds beside the body: its type, who asks, and the headers of the turn. */
const FRAME_BYTES = 4096

/** Whether the plan can be carried by it: a stream, on the wire it is a form of, to a model that lists it, in one frame. */
export function fitsSocket({ plan, model }: Outbound): boolean {
  return (
    model.webSocket &&
    plan.wire === 'responses' &&
    plan.upstreamStream &&
    plan.body.length <= MAX_FRAME_BYTES - FRAME_BYTES
  )
}

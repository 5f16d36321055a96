import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../core/call.ts'
import { Cancellation } from '../../core/cancel-signal.ts'
import type { Dialect, RequestPath } from '../../core/dialect.ts'
import { ServiceUnavailableError } from '../../core/errors.ts'
import type { GatewayHouse } from '../house.ts'
import { asJetwayError, encodeRefusal } from './encode-refusal.ts'
import { makeCall } from './make-call.ts'
import { NodeSink } from './node-sink.ts'
import { presentedKeys } from './presented-keys.ts'
import { clientGone, isClientGone, readBody } from './read-body.ts'
import { requestIdFrom } from './request-id.ts'

/** The data plane: one HTTP request becomes one call, and its answer goes straight to Node's response. Never rejects. */
export async function serveCall(
  house: GatewayHouse,
  dialect: Dialect,
  request: IncomingMessage,
  response: ServerResponse,
  path?: RequestPath,
): Promise<void> {
  const receivedAt = house.clock.monotonic()
  const id = requestIdFrom(request.headers['x-request-id'], house)
  // Anthropic's SDKs read it under this name: https://docs.anthropic.com/en/api/errors#request-id
  if (dialect.name === 'messages') response.setHeader('request-id', id)
  const sink = new NodeSink(response, id)
  const signal = new Cancellation()
  let taken = false
  let held = 0
  const hold = (bytes: number): void => {
    house.inFlight.hold(bytes)
    held += bytes
  }
  let running = false
  const ticket = {
    place: -1,
    abandon: () => {
      signal.abort(stopping())
      // The engine says so itself, also in the midst of a stream, and writes it down.
      if (!running) refuse(stopping())
    },
  }
  const refuse = (thrown: unknown): void => {
    if (isClientGone(thrown)) return
    const error = asJetwayError(thrown)
    if (error !== thrown) house.log.error('a request failed', { id, cause: causeOf(thrown) })
    house.onRefused({ id, method: 'POST', route: dialect.id, error })
    sink.fail(error, encodeRefusal(house.dialects, dialect.name, error, id), retryHeaders(error))
    sink.release()
  }
  // A call is over when its last byte is out, not when it was handed to a socket that a slow client has yet to read.
  let unfinished = 2
  const finishOne = (): void => {
    unfinished -= 1
    if (unfinished > 0) return
    house.inFlight.hold(-held)
    if (taken) house.inFlight.leave(ticket)
  }
  response.on('close', () => {
    if (!response.writableFinished) signal.abort(clientGone())
    finishOne()
  })
  // Without a listener, an error of a dying socket would end the process.
  response.on('error', ignore)
  try {
    const known = house.authenticator.authenticate(presentedKeys(request.headers))
    const caller: Caller = known instanceof Promise ? await known : known
    if (house.inFlight.draining) {
      response.setHeader('connection', 'close')
      throw stopping()
    }
    house.inFlight.enter(ticket)
    taken = true
    const bytes = await readBody(request, house.settings().maxBodyBytes, hold)
    if (signal.aborted) return
    const call = makeCall({ id, request, bytes, dialect, path, caller, signal, receivedAt })
    running = true
    await house.engine.run(call, sink)
    sink.release()
  } catch (error) {
    refuse(error)
  } finally {
    finishOne()
  }
}

function ignore(): void {}

function stopping(): ServiceUnavailableError {
  return new ServiceUnavailableError('the gateway is stopping; call again in a moment', {
    code: 'stopping',
    retry_after: 1,
  })
}

export function retryHeaders(error: { readonly retry_after: number | undefined }) {
  return error.retry_after === undefined
    ? {}
    : { 'retry-after': String(Math.ceil(error.retry_after)) }
}

/** The place, not the message: a message of foreign code may repeat what it choked on. */
export function causeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown
  const frame = /^\s+at .*$/m.exec(thrown.stack ?? '')?.[0].trim() ?? ''
  return `${thrown.name} ${frame}`.trim()
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PermissionDeniedError } from '../../core/errors.ts'
import type { Caller } from '../../core/call.ts'
import { asJetwayError, encodeRefusal } from '../call/encode-refusal.ts'
import { parseBody } from '../call/parse-body.ts'
import { presentedKeys } from '../call/presented-keys.ts'
import { clientGone, isClientGone, readBody } from '../call/read-body.ts'
import { requestIdFrom } from '../call/request-id.ts'
import { causeOf, retryHeaders } from '../call/serve-call.ts'
import type { GatewayHouse } from '../house.ts'
import type { OwnAnswer, OwnRoute } from './own-route.ts'

/** Administration sends no megabytes. */
const MAX_BODY_BYTES = 1_048_576

export interface OwnMatch {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
}

/** Answers an endpoint that is no call. Never rejects. */
export async function serveOwn(
  house: GatewayHouse,
  route: OwnRoute,
  match: OwnMatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = requestIdFrom(request.headers['x-request-id'], house)
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(clientGone())
  })
  response.once('error', () => {})
  try {
    const caller = await admitted(house, route, request)
    const answer = await route.answer({
      id,
      caller,
      ...match,
      headers: request.headers,
      address: request.socket.remoteAddress,
      signal: controller.signal,
      json: async () => parseBody(await readBody(request, MAX_BODY_BYTES, () => {})),
    })
    if (answer.pieces) await sendPieces(response, id, answer, answer.pieces)
    else send(response, id, answer)
  } catch (thrown) {
    if (isClientGone(thrown)) return
    const error = asJetwayError(thrown)
    if (error !== thrown) house.log.error('a request failed', { id, cause: causeOf(thrown) })
    house.onRefused({ id, method: route.method, route: route.path, error })
    const { status, body, headers } = encodeRefusal(
      house.dialects,
      route.dialect ?? 'chat',
      error,
      id,
    )
    send(response, id, { status, body, headers: { ...retryHeaders(error), ...headers } })
  }
}

async function admitted(
  house: GatewayHouse,
  route: OwnRoute,
  request: IncomingMessage,
): Promise<Caller | undefined> {
  if (route.access === 'anyone') return undefined
  const caller = await house.authenticator.authenticate(presentedKeys(request.headers))
  if (route.access === 'master' && caller.kind === 'key') {
    throw new PermissionDeniedError('this needs the master key', { code: 'master_key_needed' })
  }
  return caller
}

/** An export that fails on its way is cut: no end of it may look like a whole one. */
async function sendPieces(
  response: ServerResponse,
  id: string,
  answer: OwnAnswer,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  response.writeHead(answer.status ?? 200, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
    'x-request-id': id,
  })
  try {
    await pipeline(Readable.from(pieces, { objectMode: false }), response)
  } catch {
    response.destroy()
  }
}

export function send(response: ServerResponse, id: string, answer: OwnAnswer): void {
  if (response.headersSent || response.destroyed) return
  const { body } = answer
  const asIs = typeof body === 'string' && answer.headers?.['content-type'] !== undefined
  const bytes = Buffer.from(asIs ? body : JSON.stringify(body))
  response.writeHead(answer.status ?? 200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
    'x-request-id': id,
    'content-length': bytes.length,
  })
  response.end(bytes)
}

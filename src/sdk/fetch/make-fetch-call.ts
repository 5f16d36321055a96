import { randomUUID } from 'node:crypto'
import { OWN_SEAT } from '../../core/call.ts'
import type { Call, Caller } from '../../core/call.ts'
import { systemClock } from '../../core/clock.ts'
import type { Dialect } from '../../core/dialect.ts'
import { BadRequestError } from '../../core/errors.ts'
import { isJsonObject, tryParseJson } from '../../core/json.ts'
import { mergeHeaders, readCallOptions } from '../make-call.ts'
import type { CallExtras } from '../types/options.ts'
import { callerHeaders } from './read-request.ts'
import type { FetchRequest } from './read-request.ts'

/**
 * Another SDK is a client like one of the gateway's: its headers are what it sends to everyone, not what somebody gave with
 * this call on purpose, so the engine treats them as it treats a client's.
 */
const CLIENT: Caller = { kind: 'open', seat: OWN_SEAT }

/** One request of another SDK as a call. Its body is the caller's own: no default of ours goes into it. */
export function makeFetchCall(
  dialect: Dialect,
  request: FetchRequest,
  defaults: CallExtras,
  signal: AbortSignal,
): Call {
  const json = tryParseJson(Buffer.from(request.body).toString('utf8'))
  if (!isJsonObject(json)) throw new BadRequestError('the request body must be one JSON object')
  const { model, stream } = json
  if (model !== undefined && typeof model !== 'string') {
    throw new BadRequestError("'model' must be text", { param: 'model' })
  }
  const options = readCallOptions({}, defaults)
  return {
    id: requestId(request.headers),
    operation: dialect.operation,
    dialect: dialect.id,
    model: model ?? '',
    stream: stream === true && dialect.operation === 'generate',
    headers: headersOf(request, defaults),
    body: { bytes: request.body, json },
    caller: CLIENT,
    options: { ...options, sdkDefaults: false },
    signal,
    receivedAt: systemClock.monotonic(),
  }
}

/** The SDK's, and over them what was given with the fetch. */
function headersOf({ headers }: FetchRequest, defaults: CallExtras): ReadonlyMap<string, string> {
  const merged = callerHeaders(headers)
  for (const [name, value] of mergeHeaders(defaults.extra_headers)) merged.set(name, value)
  return merged
}

/** The caller's own, if it could stand in a log. */
function requestId(headers: Headers): string {
  const given = headers.get('x-request-id')
  return given !== null && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID()
}

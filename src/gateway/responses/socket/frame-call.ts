import type { IncomingHttpHeaders } from 'node:http'
import type { Call, Caller } from '../../../core/call.ts'
import { BadRequestError } from '../../../core/errors.ts'
import { asObject, asString } from '../../../core/json.ts'
import type { JsonObject } from '../../../core/json.ts'
import { callHeaders } from '../../call/call-headers.ts'
import { readCallOptions } from '../../call/call-options.ts'
import { sessionHeader } from '../../call/session-header.ts'
import { requestIdFrom } from '../../call/request-id.ts'
import type { GatewayHouse } from '../../house.ts'

export interface FrameCall {
  readonly body: JsonObject
  readonly upgrade: IncomingHttpHeaders
  /** The first on its connection. */
  readonly first: boolean
  readonly caller: Caller
  readonly signal: AbortSignal
  readonly receivedAt: number
  readonly house: Pick<GatewayHouse, 'newId' | 'clock'>
}

/**
 * One frame as a call. GitHub's own clients repeat in each frame who started the turn and what else changes between turns;
 * what others put on the upgrade holds for the first turn only, and is wrong for every later one.
 */
export function makeFrameCall(given: FrameCall): Call {
  const { initiator, headers: own, agent_task_id: _, stream_id: channel, ...asked } = given.body
  if (channel !== undefined) {
    throw new BadRequestError(
      'stream_id is not served: one connection carries one response at a time; open another for the next',
      { param: 'stream_id', code: 'unsupported_parameter' },
    )
  }
  const { model } = asked
  if (model !== undefined && model !== null && typeof model !== 'string') {
    throw new BadRequestError('model must be text, as "gpt-4o"', {
      param: 'model',
      code: 'invalid_type',
    })
  }
  const frameHeaders = lowerCased(asObject(own))
  const headers: IncomingHttpHeaders = {
    ...(given.first ? given.upgrade : withoutTurn(given.upgrade)),
    ...frameHeaders,
  }
  const said = asString(initiator)
  if (said !== undefined) headers['x-initiator'] = said
  const { options, ownFields } = readCallOptions(headers, asked, 'responses')
  const taken = new Set(ownFields)
  const json = Object.fromEntries(Object.entries(asked).filter(([name]) => !taken.has(name)))
  return {
    id: requestIdFrom(frameHeaders['x-request-id'], given.house),
    operation: 'generate',
    dialect: 'responses',
    model: asString(model) ?? '',
    stream: true,
    webSocket: true,
    headers: callHeaders(headers),
    session: sessionHeader(headers),
    body: { bytes: Buffer.from(JSON.stringify(json)), json },
    caller: given.caller,
    options,
    signal: given.signal,
    receivedAt: given.receivedAt,
  }
}

function withoutTurn(upgrade: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'x-initiator': _initiator, 'x-interaction-type': _type, ...rest } = upgrade
  return rest
}

function lowerCased(headers: JsonObject | undefined): Record<string, string> {
  const lowered: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'string' && !/[\r\n]/.test(value)) lowered[name.toLowerCase()] = value
  }
  return lowered
}

import type { RawData, WebSocket } from 'ws'
import { quotaSnapshots } from '../accounting/quota-headers.ts'
import { asObject, asString, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import type { FaultAction } from '../faults/fault.ts'
import { namedError } from '../faults/named-errors.ts'
import { admitModel } from '../gates/admit-model.ts'
import type { Admitted } from '../gates/admit-model.ts'
import type { Seat } from '../gates/seat.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'
import { remarksOn } from '../records/remarks.ts'
import { startRecord } from '../records/start-record.ts'
import type { WholeReply } from '../server/reply.ts'
import { scripted } from '../server/handle-request.ts'
import { dataFrame } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
import { pause, runSteps } from '../streams/run-steps.ts'
import { shapeStream } from '../streams/shape.ts'
import type { World } from '../world.ts'
import { answerResponses } from './answer-responses.ts'
import { responseNamed } from './item-ids.ts'
import { inputItems } from './read-responses.ts'
import { doneItem, outputParts } from './responses-answer.ts'
import { failedFrame, refusePrevious } from './responses-route.ts'
import { socketSink } from './socket-sink.ts'
import { warmUp } from './warm-up.ts'
import type { Kept, Served } from './warm-up.ts'
import { responsesStream } from './write-responses.ts'

/** One connection: responses one after another, the newest kept so that a client can go on from it. */
export function serveConnection(
  world: World,
  socket: WebSocket,
  seat: Seat,
  handshake: Readonly<Record<string, string>>,
  connection: string,
): void {
  let kept: Kept | undefined
  let turn = Promise.resolve()

  const answer = async (data: RawData): Promise<void> => {
    const text = textOfFrame(data)
    const message = asObject(tryParseJson(text))
    const headers = { ...handshake, ...lowerCased(asObject(message?.['headers'])) }
    const record = recordOf(world, headers, seat, message, text)
    const taken = world.faults.take({
      route: record.route,
      method: record.method,
      path: record.path,
      model: record.model,
      login: record.login,
      initiator: record.initiator,
      stream: true,
    })
    record.fault = taken?.id
    const fault = taken?.action
    if (await stopsBefore(world, socket, fault)) {
      finish(world, record, 'cut')
      return
    }
    try {
      const script = scripted(fault)
      if (script) throw new Refusal('fault', script)
      const call = admitCall(world, seat, headers, message)
      const items = conversation(world, connection, kept, call.body)
      const step =
        call.body['generate'] === false
          ? warmUp(world, call, items, connection, record)
          : generated(world, call, items, headers, connection, record)
      kept = undefined
      record.status = 200
      const quirks = world.quirks.of(call.model)
      const errorFrame = (code: string, text: string, as: 'error' | 'failed'): Frame =>
        as === 'failed' ? failedFrame(code, text) : errorMessage(world, seat, code, text)
      const steps = shapeStream(step.frames, quirks, fault, errorFrame)
      const { outcome, open } = await runSteps(world, steps, socketSink(socket, record))
      if (outcome === 'complete') kept = step.kept
      else if (open && fault?.kind !== 'stream-error') socket.close(1011)
      finish(world, record, outcome)
    } catch (error) {
      const refusal =
        error instanceof Refusal
          ? error
          : new Refusal('emulator-defect', namedError('internal_error'))
      record.gate = refusal.gate
      record.status = refusal.reply.status
      const { code, text } = readError(refusal.reply)
      socket.send(errorMessage(world, seat, code, text).data)
      finish(world, record, 'complete')
    }
  }

  socket.on('message', (data: RawData) => {
    turn = turn.then(() => answer(data))
  })
  socket.on('error', () => {
    socket.terminate()
  })
}

function admitCall(
  world: World,
  seat: Seat,
  headers: Readonly<Record<string, string>>,
  message: JsonObject | undefined,
): Admitted {
  if (message?.['type'] !== 'response.create') {
    const text = 'a message must be a JSON object of the type response.create'
    throw new Refusal('body', codedError(400, 'bad_request', text))
  }
  const initiator = asString(message['initiator'])
  return admitModel(world, seat, { headers }, message, 'ws:/responses', initiator)
}

/** What was said before, when the message goes on from it, then what is new. */
function conversation(
  world: World,
  connection: string,
  kept: Kept | undefined,
  body: JsonObject,
): JsonObject[] {
  const id = asString(body['previous_response_id'])
  const fresh = inputItems(body)
  if (id === undefined) return fresh
  if (!kept || responseNamed(world, connection, id) !== kept.name) refusePrevious(id)
  return [...(kept?.items ?? []), ...fresh]
}

function generated(
  world: World,
  admitted: Admitted,
  items: readonly JsonObject[],
  headers: Readonly<Record<string, string>>,
  connection: string,
  record: RecordedRequest,
): Served {
  const { given } = answerResponses(world, { admitted, items, headers, record, connection })
  const output = outputParts(given).map((part, index) => {
    const item = doneItem(part, given.ids.item('item', index, -1))
    // Kept for the connection, so it needs no id and no client to bring its reasoning back.
    if (part.type === 'reasoning') item['encrypted_content'] = given.encryptedReasoning
    return item
  })
  return { frames: responsesStream(given), kept: { name: record.id, items: [...items, ...output] } }
}

async function stopsBefore(
  world: World,
  socket: WebSocket,
  fault: FaultAction | undefined,
): Promise<boolean> {
  if (fault?.kind === 'delay') await pause(world, fault.ms)
  if (fault?.kind !== 'reset' && fault?.kind !== 'stall') return false
  if (typeof fault.after === 'number') return false
  if (fault.kind === 'reset') socket.terminate()
  else await new Promise((resolve) => socket.once('close', resolve))
  return true
}

/** Codes of rate limits carry the plan behind a colon. */
function errorMessage(world: World, seat: Seat, code: string, message: string): Frame {
  const suffix = code.endsWith('_rate_limited') ? `:${seat.account.plan}` : ''
  return dataFrame({
    type: 'error',
    error: { code: `${code}${suffix}`, message },
    copilot_quota_snapshots: quotaSnapshots(seat.account, world.clock),
  })
}

function readError(reply: WholeReply): { readonly code: string; readonly text: string } {
  const error = asObject(asObject(tryParseJson(reply.body))?.['error'])
  return {
    code: asString(error?.['code']) ?? (reply.status >= 500 ? 'internal_error' : 'bad_request'),
    text: asString(error?.['message']) ?? reply.body.trim(),
  }
}

function recordOf(
  world: World,
  headers: Readonly<Record<string, string>>,
  seat: Seat,
  message: JsonObject | undefined,
  text: string,
): RecordedRequest {
  const { authorization: _authorization, ...shown } = headers
  const record = startRecord(world, {
    method: 'GET',
    url: new URL('http://emulator/responses'),
    headers: shown,
    rawHeaders: [],
    route: 'responses-ws-message',
  })
  record.body = world.settings.recordBodies ? (message ?? text) : undefined
  record.bodyBytes = Buffer.byteLength(text)
  record.model = asString(message?.['model'])
  record.stream = true
  record.initiator = asString(message?.['initiator'])
  record.login = seat.account.login
  record.credential = seat.credential.type === 'copilot' ? 'copilot' : seat.credential.kind
  record.remarks = remarksOn(record)
  world.requests.add(record)
  return record
}

function finish(world: World, record: RecordedRequest, outcome: RecordedRequest['outcome']): void {
  record.outcome = outcome
  world.requests.touch()
}

function lowerCased(headers: JsonObject | undefined): Record<string, string> {
  const lowered: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'string') lowered[name.toLowerCase()] = value
  }
  return lowered
}

function textOfFrame(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return Buffer.from(data as Buffer).toString()
}

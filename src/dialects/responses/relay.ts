import type { RelayFilter, RepairedAnswer, StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError, type JetwayError } from '../../core/errors.ts'
import {
  asNumber,
  asObject,
  asString,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  tryParseJson,
} from '../../core/json.ts'
import { spliceJson } from '../../core/splice.ts'
import type { Usage } from '../../core/usage.ts'
import { asBuffer, EventCutter, MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { readEvent } from '../sse/read-event.ts'
import { RelayOutput } from '../sse/relay-output.ts'
import { namedEvent } from '../sse/write-event.ts'
import { brokenEvent, cutStream, failureEvents, readError } from './errors.ts'
import { type CallMender, createCallMender } from './mend-call.ts'
import { createResponseMender } from './mend-response.ts'
import { isSpliceable, sequenceOf, spliceEvent } from './splice-event.ts'
import { decodeUsage } from './usage.ts'

const NOTHING = new Uint8Array(0)

/**
 * Passes a stream of this wire through with one id for each item, deltas that add up to what the `.done` events say, and a
 * closing event always. Deltas are mended by replacing text within the event; only events that hold items or the response
 * are parsed, and an upstream that keeps its ids gets every byte handed on.
 */
export function createRelayFilter(options: StreamOptions): RelayFilter {
  const maxBytes = options.maxEventBytes ?? MAX_EVENT_BYTES
  const output = new RelayOutput()
  const mender = createResponseMender(options)
  const calls = new Map<number, CallMender>()
  let state: 'open' | 'finished' | 'failed' = 'open'
  let usage: Usage | undefined
  let failure: JetwayError | undefined
  /** The response as it was last seen, for the event that closes a broken stream. */
  let response: JsonObject = { object: 'response', output: [] }
  /** The event before, for its number. */
  let lastEvent = ''

  const cutter = new EventCutter((source, start, end) => {
    if (state !== 'open') return
    const text = source.toString('latin1', start, end)
    if (isSpliceable(text)) {
      const mended = spliceEvent(text, idOf, passesCalls)
      if (mended !== undefined) {
        lastEvent = text
        if (mended === text) output.keep(source, start, end)
        else output.write(Buffer.from(mended, 'latin1'))
        return
      }
    }
    const { data } = readEvent(source, start, end)
    if (data === '[DONE]') return
    if (data === undefined) {
      output.keep(source, start, end)
      return
    }
    const event = tryParseJson(data)
    if (!isJsonObject(event)) throw brokenEvent()
    lastEvent = text
    const events = mend(event)
    if (events) for (const changed of events) output.write(Buffer.from(changed))
    else output.keep(source, start, end)
  }, maxBytes)

  const idOf = (index: number): string | undefined => mender.idOf(index)
  const passesCalls = (index: number): boolean => calls.get(index)?.open === true

  /** The events to send instead; `undefined` when this one is right as it is. */
  const mend = (event: JsonObject): string[] | undefined => {
    switch (event['type']) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return mendResponse(event) ? [print(event)] : undefined
      case 'response.completed':
      case 'response.incomplete':
        state = 'finished'
        return mendResponse(event) ? [print(event)] : undefined
      case 'response.failed':
      case 'response.cancelled':
        state = 'failed'
        failure = readError(event)
        return mendResponse(event) ? [print(event)] : undefined
      case 'error':
        return [failWith(readError(event))]
      case undefined:
        // The chat wire's form of an error, which has no type.
        return event['error'] ? [failWith(readError(event))] : undefined
      case 'response.output_item.added':
      case 'response.output_item.done':
        return mendItem(event)
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta': {
        const call = calls.get(indexOf(event))
        mendReference(event)
        const passed = call ? call.delta(event) : event
        return passed ? [print(passed)] : []
      }
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done': {
        const changed = mendReference(event)
        const settled = settle(event, asString(event['arguments']) ?? asString(event['input']))
        return settled ? [settled, print(event)] : changed ? [print(event)] : undefined
      }
      default:
        return mendReference(event) ? [print(event)] : undefined
    }
  }

  const mendResponse = (event: JsonObject): boolean => {
    const value = asObject(event['response'])
    if (!value) return false
    const changed = mender.response(value)
    const read = decodeUsage(value['usage'], value['copilot_usage'] ?? event['copilot_usage'])
    if (read) usage = { ...usage, ...read }
    response = value
    return changed
  }

  const mendItem = (event: JsonObject): string[] | undefined => {
    const item = asObject(event['item'])
    const index = indexOf(event)
    if (!item) return undefined
    const changed = mender.item(index, item)
    if (event['type'] === 'response.output_item.added') {
      if (item['type'] === 'function_call') calls.set(index, createCallMender('json', maxBytes))
      if (item['type'] === 'custom_tool_call') calls.set(index, createCallMender('text', maxBytes))
      return changed ? [print(event)] : undefined
    }
    const settled = settle(event, asString(item['arguments']) ?? asString(item['input']))
    calls.delete(index)
    return settled ? [settled, print(event)] : changed ? [print(event)] : undefined
  }

  const settle = (event: JsonObject, whole: string | undefined): string | undefined => {
    const delta = calls.get(indexOf(event))?.settle(whole)
    return delta && print(delta)
  }

  /** Events about an item name it by its id. */
  const mendReference = (event: JsonObject): boolean => {
    let changed = event['obfuscation'] !== undefined
    delete event['obfuscation']
    const id = mender.idOf(indexOf(event))
    if (id !== undefined && event['item_id'] !== undefined && event['item_id'] !== id) {
      event['item_id'] = id
      changed = true
    }
    return changed
  }

  const failWith = (error: JetwayError): string => {
    state = 'failed'
    failure = error
    return failureEvents(error, response, sequenceOf(lastEvent) + 1)
  }

  return {
    push(bytes) {
      output.begin(asBuffer(bytes))
      cutter.push(bytes)
      return output.take(bytes)
    },
    end() {
      output.begin(undefined)
      cutter.end()
      if (state === 'open') output.write(Buffer.from(failWith(cutStream())))
      return output.take(NOTHING)
    },
    fail: (error) => (state === 'open' ? Buffer.from(failWith(error)) : NOTHING),
    get usage() {
      return usage
    },
    get finished() {
      return state === 'finished'
    },
    get failure() {
      return failure
    },
  }
}

function indexOf(event: JsonObject): number {
  return asNumber(event['output_index']) ?? -1
}

function print(event: JsonObject): string {
  const type = asString(event['type']) ?? ''
  return namedEvent(/^[\w.]+$/.test(type) ? type : 'message', event)
}

/** A whole answer: ids of the usual form, the name asked for, `output_text` as SDKs expect it; usage is read. */
export function repairAnswer(bytes: Uint8Array, options: StreamOptions): RepairedAnswer {
  const body = tryParseJson(asBuffer(bytes).toString('utf8'))
  if (!isJsonObject(body)) {
    throw new BadGatewayError('The upstream answered with something that is no JSON object.', {
      code: 'invalid_answer',
    })
  }
  const error = body['error']
  if (body['status'] === 'failed' || (error !== undefined && error !== null)) throw readError(body)
  const usage = decodeUsage(body['usage'], body['copilot_usage'])
  const mender = createResponseMender(options)
  const before: JsonObject = { ...body }
  const itemIds = idsOf(body['output'])
  mender.response(body)
  const edits = new Map<string, JsonValue | undefined>()
  for (const name of MENDED) {
    if (body[name] !== before[name]) edits.set(name, body[name])
  }
  if (idsOf(body['output']) !== itemIds) edits.set('output', body['output'])
  return { bytes: spliceJson(bytes, edits), ...(usage ? { usage } : {}) }
}

const MENDED = ['id', 'model', 'output_text', 'presence_penalty', 'frequency_penalty', 'tools']

function idsOf(output: JsonValue | undefined): string {
  if (!Array.isArray(output)) return ''
  return output.map((item) => asString(asObject(item)?.['id']) ?? '').join(' ')
}

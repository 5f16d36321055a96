import { asBuffer } from '../../core/as-buffer.ts'
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
import { EventCutter, MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { readEvent } from '../sse/read-event.ts'
import { RelayOutput } from '../sse/relay-output.ts'
import { textLength } from '../sse/text-length.ts'
import { namedEvent } from '../sse/write-event.ts'
import { brokenEvent, cutStream, failureEvents, readError } from './errors.ts'
import { type CallMender, createCallMender } from './mend-call.ts'
import { createResponseMender, type ResponseMender } from './mend-response.ts'
import { isSpliceable, sequenceOf, spliceEvent } from './splice-event.ts'
import { decodeUsage } from './usage.ts'

const NOTHING = new Uint8Array(0)

export function createRelayFilter(options: StreamOptions): RelayFilter {
  return new ResponsesRelay(options)
}

/**
 * Passes a stream of this wire through with one id for each item, deltas that add up to what the `.done` events say, and a
 * closing event always. Deltas are mended by replacing text within the event; only events that hold items or the response
 * are parsed, and an upstream that keeps its ids gets every byte handed on.
 */
class ResponsesRelay implements RelayFilter {
  readonly #maxBytes: number
  readonly #output = new RelayOutput()
  readonly #mender: ResponseMender
  readonly #calls = new Map<number, CallMender>()
  readonly #cutter: EventCutter
  #state: 'open' | 'finished' | 'failed' = 'open'
  #usage: Usage | undefined
  answerBytes = 0
  #failure: JetwayError | undefined
  /** The response as it was last seen, for the event that closes a broken stream. */
  #response: JsonObject = { object: 'response', output: [] }
  /** The event before, for its number. */
  #lastEvent = ''

  constructor(options: StreamOptions) {
    this.#maxBytes = options.maxEventBytes ?? MAX_EVENT_BYTES
    this.#mender = createResponseMender(options)
    this.#cutter = new EventCutter((source, start, end) => {
      this.#onEvent(source, start, end)
    }, this.#maxBytes)
  }

  get usage(): Usage | undefined {
    return this.#usage
  }

  get finished(): boolean {
    return this.#state === 'finished'
  }

  get failure(): JetwayError | undefined {
    return this.#failure
  }

  push(bytes: Uint8Array): Uint8Array {
    this.#output.begin(asBuffer(bytes))
    this.#cutter.push(bytes)
    return this.#output.take(bytes)
  }

  end(): Uint8Array {
    this.#output.begin(undefined)
    this.#cutter.end()
    if (this.#state === 'open') this.#output.write(Buffer.from(this.#failWith(cutStream())))
    return this.#output.take(NOTHING)
  }

  fail(error: JetwayError): Uint8Array {
    return this.#state === 'open' ? Buffer.from(this.#failWith(error)) : NOTHING
  }

  #onEvent(source: Buffer, start: number, end: number): void {
    if (this.#state !== 'open') return
    const text = source.toString('latin1', start, end)
    if (isSpliceable(text)) {
      this.answerBytes += textLength(text, '"delta":"')
      const mended = spliceEvent(text, this.#idOf, this.#passesCalls)
      if (mended !== undefined) {
        this.#lastEvent = text
        if (mended === text) this.#output.keep(source, start, end)
        else this.#output.write(Buffer.from(mended, 'latin1'))
        return
      }
    }
    const { data } = readEvent(source, start, end)
    if (data === '[DONE]') return
    if (data === undefined) {
      this.#output.keep(source, start, end)
      return
    }
    const event = tryParseJson(data)
    if (!isJsonObject(event)) throw brokenEvent()
    this.#lastEvent = text
    const events = this.#mend(event)
    if (events) for (const changed of events) this.#output.write(Buffer.from(changed))
    else this.#output.keep(source, start, end)
  }

  readonly #idOf = (index: number): string | undefined => this.#mender.idOf(index)
  readonly #passesCalls = (index: number): boolean => this.#calls.get(index)?.open === true

  /** The events to send instead; `undefined` when this one is right as it is. */
  #mend(event: JsonObject): string[] | undefined {
    switch (event['type']) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#mendResponse(event) ? [print(event)] : undefined
      case 'response.completed':
      case 'response.incomplete':
        this.#state = 'finished'
        return this.#mendResponse(event) ? [print(event)] : undefined
      case 'response.failed':
      case 'response.cancelled':
        this.#state = 'failed'
        this.#failure = readError(event)
        return this.#mendResponse(event) ? [print(event)] : undefined
      case 'error':
        return [this.#failWith(readError(event))]
      case undefined:
        // The chat wire's form of an error, which has no type.
        return event['error'] ? [this.#failWith(readError(event))] : undefined
      case 'response.output_item.added':
      case 'response.output_item.done':
        return this.#mendItem(event)
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta': {
        const call = this.#calls.get(indexOf(event))
        this.#mendReference(event)
        const passed = call ? call.delta(event) : event
        return passed ? [print(passed)] : []
      }
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done': {
        const changed = this.#mendReference(event)
        const whole = asString(event['arguments']) ?? asString(event['input'])
        const settled = this.#settle(event, whole)
        return settled ? [settled, print(event)] : changed ? [print(event)] : undefined
      }
      default:
        return this.#mendReference(event) ? [print(event)] : undefined
    }
  }

  #mendResponse(event: JsonObject): boolean {
    const value = asObject(event['response'])
    if (!value) return false
    const changed = this.#mender.response(value)
    const read = decodeUsage(value['usage'], value['copilot_usage'] ?? event['copilot_usage'])
    if (read) this.#usage = { ...this.#usage, ...read }
    this.#response = value
    return changed
  }

  #mendItem(event: JsonObject): string[] | undefined {
    const item = asObject(event['item'])
    const index = indexOf(event)
    if (!item) return undefined
    const changed = this.#mender.item(index, item)
    if (event['type'] === 'response.output_item.added') {
      const form = CALL_FORMS[asString(item['type']) ?? '']
      if (form) this.#calls.set(index, createCallMender(form, this.#maxBytes))
      return changed ? [print(event)] : undefined
    }
    const settled = this.#settle(event, asString(item['arguments']) ?? asString(item['input']))
    this.#calls.delete(index)
    return settled ? [settled, print(event)] : changed ? [print(event)] : undefined
  }

  #settle(event: JsonObject, whole: string | undefined): string | undefined {
    const delta = this.#calls.get(indexOf(event))?.settle(whole)
    return delta && print(delta)
  }

  /** Events about an item name it by its id. */
  #mendReference(event: JsonObject): boolean {
    let changed = event['obfuscation'] !== undefined
    delete event['obfuscation']
    const id = this.#mender.idOf(indexOf(event))
    if (id !== undefined && event['item_id'] !== undefined && event['item_id'] !== id) {
      event['item_id'] = id
      changed = true
    }
    return changed
  }

  #failWith(error: JetwayError): string {
    this.#state = 'failed'
    this.#failure = error
    return failureEvents(error, this.#response, sequenceOf(this.#lastEvent) + 1)
  }
}

const CALL_FORMS: Readonly<Record<string, 'json' | 'text'>> = Object.assign(Object.create(null), {
  function_call: 'json',
  custom_tool_call: 'text',
})

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

import { asBuffer } from '../../core/as-buffer.ts'
import type { RelayFilter, RepairedAnswer, StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError, type JetwayError } from '../../core/errors.ts'
import {
  asObject,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  tryParseJson,
} from '../../core/json.ts'
import { spliceJson } from '../../core/splice.ts'
import type { Usage } from '../../core/usage.ts'
import { DeltaSize } from '../sse/delta-size.ts'
import { EventCutter } from '../sse/cut-events.ts'
import { readEvent } from '../sse/read-event.ts'
import { RelayOutput } from '../sse/relay-output.ts'
import { namedEvent } from '../sse/write-event.ts'
import { cutStream, errorEvent, readError } from './errors.ts'
import type { MessagesAnswer } from './types.ts'
import { createUsageReader, decodeUsage } from './usage.ts'

const NOTHING = new Uint8Array(0)
/** By far the most events, and none of them needs a look. */
const CONTENT = Buffer.from('event: content_block_')
/** Of `content_block_delta`, where `_start` and `_stop` have an `s`. */
const DELTA = 'd'.charCodeAt(0)
const PING = Buffer.from('event: ping')

export function createRelayFilter(options: StreamOptions): RelayFilter {
  return new MessagesRelay(options)
}

/**
 * Passes a stream of this wire through. Copilot's additions (`copilot_usage`, `copilot_annotations`) are harmless to clients
 * and stay; only `message_start` is made anew, when the model is to be called by another name. Ids are kept: they are
 * stable, and nothing refers to them.
 */
class MessagesRelay implements RelayFilter {
  readonly #options: StreamOptions
  readonly #output = new RelayOutput()
  readonly #usage = createUsageReader()
  readonly #cutter: EventCutter
  readonly #size = new DeltaSize()
  #state: 'open' | 'finished' | 'failed' = 'open'
  #stopReasonSeen = false
  #failure: JetwayError | undefined

  constructor(options: StreamOptions) {
    this.#options = options
    this.#cutter = new EventCutter((source, start, end) => {
      this.#onEvent(source, start, end)
    }, options.maxEventBytes)
  }

  get usage(): Usage | undefined {
    return this.#usage.usage
  }

  get answerBytes(): number {
    return this.#size.bytes
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
    if (this.#state === 'open') {
      if (this.#stopReasonSeen) {
        // Nothing of the answer is missing but the closing event.
        this.#state = 'finished'
        this.#output.write(Buffer.from(namedEvent('message_stop', { type: 'message_stop' })))
      } else this.#output.write(asBuffer(this.fail(cutStream())))
    }
    return this.#output.take(NOTHING)
  }

  fail(error: JetwayError): Uint8Array {
    if (this.#state !== 'open') return NOTHING
    this.#state = 'failed'
    this.#failure = error
    return Buffer.from(errorEvent(error, this.#options.requestId))
  }

  #onEvent(source: Buffer, start: number, end: number): void {
    // Nothing may follow the closing event.
    if (this.#state !== 'open') return
    const isContent = startsWith(source, start, end, CONTENT)
    if (isContent || startsWith(source, start, end, PING)) {
      if (isContent && source[start + CONTENT.length] === DELTA) this.#size.saw(end - start)
      this.#output.keep(source, start, end)
      return
    }
    const { data } = readEvent(source, start, end)
    const body = data === undefined || data === '[DONE]' ? undefined : parse(data)
    const changed = body && this.#read(body)
    if (changed) this.#output.write(Buffer.from(changed))
    else if (data !== '[DONE]') this.#output.keep(source, start, end)
  }

  /** The event in its new form, where it needs one. */
  #read(event: JsonObject): string | undefined {
    switch (event['type']) {
      case 'message_start': {
        const message = asObject(event['message']) as MessagesAnswer | undefined
        this.#usage.read(message?.usage, message?.copilot_usage)
        return renamed(event, this.#options.model)
      }
      case 'message_delta':
        this.#usage.read(event['usage'], event['copilot_usage'])
        if (asObject(event['delta'])?.['stop_reason']) this.#stopReasonSeen = true
        return undefined
      case 'message_stop':
        this.#usage.read(undefined, event['copilot_usage'])
        this.#state = 'finished'
        return undefined
      case 'error':
        this.#state = 'failed'
        this.#failure = readError(event)
        return undefined
      case undefined: {
        // Copilot also reports errors in OpenAI's form, which clients of this wire do not know.
        if (!event['error']) return undefined
        return Buffer.from(this.fail(readError(event))).toString()
      }
      default:
        return undefined
    }
  }
}

function parse(data: string): JsonObject {
  const body = tryParseJson(data)
  if (isJsonObject(body)) return body
  throw new BadGatewayError('The upstream sent an event that is no JSON object.', {
    code: 'invalid_event',
  })
}

function renamed(event: JsonObject, model: string | undefined): string | undefined {
  const message = asObject(event['message'])
  if (model === undefined || !message || message['model'] === model) return undefined
  return namedEvent('message_start', { ...event, message: { ...message, model } })
}

function startsWith(source: Buffer, start: number, end: number, prefix: Buffer): boolean {
  const stop = start + prefix.length
  return stop <= end && source.compare(prefix, 0, prefix.length, start, stop) === 0
}

/** A whole answer: its usage is read; only the model's name may change. */
export function repairAnswer(bytes: Uint8Array, options: StreamOptions): RepairedAnswer {
  const body = tryParseJson(asBuffer(bytes).toString('utf8'))
  if (!isJsonObject(body)) {
    throw new BadGatewayError('The upstream answered with something that is no JSON object.', {
      code: 'invalid_answer',
    })
  }
  if (body['type'] === 'error') throw readError(body)
  const usage = decodeUsage(body['usage'], body['copilot_usage'])
  const edits = new Map<string, JsonValue | undefined>()
  if (options.model !== undefined && body['model'] !== options.model) {
    edits.set('model', options.model)
  }
  return { bytes: spliceJson(bytes, edits), ...(usage ? { usage } : {}) }
}

import { asBuffer } from '../../core/as-buffer.ts'
import type { EncodedError } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import { asArray, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Sink } from '../../core/sink.ts'
import { spliceJson } from '../../core/splice.ts'
import { EventCutter } from '../../dialects/sse/cut-events.ts'
import { readEvent } from '../../dialects/sse/read-event.ts'
import { RelayOutput } from '../../dialects/sse/relay-output.ts'
import { namedEvent } from '../../dialects/sse/write-event.ts'

export interface TapOptions {
  /** Members of the response that the upstream cannot know, as it was asked without them. */
  readonly says: ReadonlyMap<string, JsonValue>
  /** The answer as it is complete, just before the client has it. Must not throw. */
  readonly onResponse: (response: JsonObject) => void
}

/** Events that hold the response itself, or a whole item of it; told by their first bytes. */
const WORTH_READING =
  /^(?:event: ?|data: ?\{"type": ?")response\.(created|in_progress|queued|completed|incomplete|failed|output_item\.done)[\r\n"]/
const LONGEST_START = 64
/** Of items kept for an upstream that does not repeat them at the end. */
const MOST_ITEM_BYTES = 16 * 1024 * 1024

/**
 * Stands between the engine and the client's sink: reads the finished response, and writes into it what only the gateway
 * knows. Events of a stream that hold no response pass as the bytes they are.
 */
export class ResponseTap implements Sink {
  readonly #sink: Sink
  readonly #options: TapOptions
  readonly #output = new RelayOutput()
  readonly #cutter = new EventCutter((source, start, end) => {
    this.#event(source, start, end)
  })
  #items: string[] = []
  #itemBytes = 0
  #isStream = false
  #isGood = false

  constructor(sink: Sink, options: TapOptions) {
    this.#sink = sink
    this.#options = options
  }

  get onDrain(): (() => void) | undefined {
    return this.#sink.onDrain
  }

  set onDrain(callback: (() => void) | undefined) {
    this.#sink.onDrain = callback
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#isGood = status === 200
    this.#isStream = headers['content-type']?.startsWith('text/event-stream') ?? false
    this.#sink.head(status, headers)
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#isStream) return this.#sink.write(bytes)
    const out = this.#pass(bytes)
    return out.length === 0 ? true : this.#sink.write(out)
  }

  end(bytes?: Uint8Array): void {
    if (this.#isStream) {
      const last = bytes === undefined ? undefined : this.#pass(bytes)
      if (last !== undefined && last.length > 0) this.#sink.write(last)
      this.#sink.end(this.#rest())
    } else this.#sink.end(bytes === undefined || !this.#isGood ? bytes : this.#whole(bytes))
  }

  fail(error: JetwayError, answer: EncodedError, headers: Readonly<Record<string, string>>): void {
    this.#sink.fail(error, answer, headers)
  }

  failStream(error: JetwayError, bytes: Uint8Array): void {
    this.#sink.failStream(error, Buffer.concat([this.#pass(bytes), this.#rest()]))
  }

  destroy(error: JetwayError): void {
    this.#sink.destroy(error)
  }

  #pass(bytes: Uint8Array): Uint8Array {
    this.#output.begin(asBuffer(bytes))
    this.#cutter.push(bytes)
    return this.#output.take(bytes)
  }

  #rest(): Uint8Array {
    this.#output.begin(undefined)
    this.#cutter.end()
    return this.#output.take(NOTHING)
  }

  #event(source: Buffer, start: number, end: number): void {
    const first = source.toString('latin1', start, Math.min(end, start + LONGEST_START))
    const kind = WORTH_READING.exec(first)?.[1]
    if (kind === undefined) {
      this.#output.keep(source, start, end)
      return
    }
    const { data } = readEvent(source, start, end)
    if (kind === 'output_item.done') {
      this.#keepItem(data ?? '')
      this.#output.keep(source, start, end)
      return
    }
    const isLast = kind === 'completed' || kind === 'incomplete'
    const { says } = this.#options
    const event =
      data === undefined || (!isLast && says.size === 0) ? undefined : tryParseJson(data)
    const response = isJsonObject(event) ? event['response'] : undefined
    if (!isJsonObject(event) || !isJsonObject(response)) {
      this.#output.keep(source, start, end)
      return
    }
    const said = { ...response, ...Object.fromEntries(says) }
    if (says.size === 0) this.#output.keep(source, start, end)
    else
      this.#output.write(Buffer.from(namedEvent(`response.${kind}`, { ...event, response: said })))
    if (isLast) this.#options.onResponse(this.#withItems(said))
  }

  #keepItem(data: string): void {
    this.#itemBytes += data.length
    if (this.#itemBytes <= MOST_ITEM_BYTES) this.#items.push(data)
  }

  /** Some servers leave the closing event's output empty: the items stood in the stream. */
  #withItems(response: JsonObject): JsonObject {
    const items = this.#items
    this.#items = []
    if (asArray(response['output']).length > 0 || items.length === 0) return response
    const output = items.flatMap((data) => {
      const event = tryParseJson(data)
      const item = isJsonObject(event) ? event['item'] : undefined
      return isJsonObject(item) ? [item] : []
    })
    return { ...response, output }
  }

  #whole(bytes: Uint8Array): Uint8Array {
    const response = tryParseJson(asBuffer(bytes).toString('utf8'))
    if (!isJsonObject(response)) return bytes
    const { says } = this.#options
    this.#options.onResponse({ ...response, ...Object.fromEntries(says) })
    return spliceJson(bytes, says)
  }
}

const NOTHING = new Uint8Array(0)

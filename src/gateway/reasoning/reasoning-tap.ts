import { asBuffer } from '../../core/as-buffer.ts'
import type { EncodedError } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import { asArray, asObject, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Sink } from '../../core/sink.ts'

/** Sealed reasoning of one answer, and the calls it led to. */
export interface SealedTurn {
  readonly callIds: readonly string[]
  readonly opaque: string
  readonly text: string
}

/** `reasoning_opaque`, `reasoning_text`. */
const REASONING = Buffer.from('"reasoning_')
/** A call begins with its name; the many deltas of its arguments have none. */
const CALLS = Buffer.from('"tool_calls"')
const NAME = Buffer.from('"name"')
/** Longer reasoning is not kept; what a model may write of it is far below. */
const MOST_LENGTH = 2 * 1024 * 1024

/**
 * Reads from a chat answer on its way what a client may not send back. Nothing is changed and nothing held: the bytes pass as
 * they are, and only events that hold some of it are parsed. The engine writes whole events.
 */
export class ReasoningTap implements Sink {
  readonly #sink: Sink
  readonly #onTurn: (turn: SealedTurn) => void
  readonly #callIds: string[] = []
  #opaque = ''
  #text: string[] = []
  #length = 0
  #isStream = false

  constructor(sink: Sink, onTurn: (turn: SealedTurn) => void) {
    this.#sink = sink
    this.#onTurn = onTurn
  }

  get onDrain(): (() => void) | undefined {
    return this.#sink.onDrain
  }

  set onDrain(callback: (() => void) | undefined) {
    this.#sink.onDrain = callback
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#isStream = headers['content-type']?.startsWith('text/event-stream') ?? false
    this.#sink.head(status, headers)
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isStream) this.#look(asBuffer(bytes))
    return this.#sink.write(bytes)
  }

  end(bytes?: Uint8Array): void {
    if (bytes !== undefined) {
      if (this.#isStream) this.#look(asBuffer(bytes))
      else if (asBuffer(bytes).includes(REASONING)) this.#read(asBuffer(bytes).toString('utf8'))
    }
    this.#tell()
    this.#sink.end(bytes)
  }

  fail(error: JetwayError, answer: EncodedError, headers: Readonly<Record<string, string>>): void {
    this.#sink.fail(error, answer, headers)
  }

  failStream(error: JetwayError, bytes: Uint8Array): void {
    this.#sink.failStream(error, bytes)
  }

  destroy(error: JetwayError): void {
    this.#sink.destroy(error)
  }

  #look(chunk: Buffer): void {
    const worth = chunk.includes(REASONING) || (chunk.includes(CALLS) && chunk.includes(NAME))
    if (!worth) return
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line.startsWith('data: {')) this.#read(line.slice('data: '.length))
    }
  }

  #read(json: string): void {
    const parsed = tryParseJson(json)
    const choice = isJsonObject(parsed) ? asObject(asArray(parsed['choices'])[0]) : undefined
    const said = asObject(choice?.['delta']) ?? asObject(choice?.['message'])
    if (said !== undefined) this.#take(said)
  }

  #take(said: JsonObject): void {
    const opaque = asString(said['reasoning_opaque']) ?? ''
    const text = asString(said['reasoning_text']) ?? ''
    this.#length += opaque.length + text.length
    if (this.#length <= MOST_LENGTH) {
      if (opaque !== this.#opaque) this.#opaque += opaque
      this.#text.push(text)
    }
    for (const call of asArray(said['tool_calls'])) {
      const id = asString(asObject(call)?.['id'])
      if (id !== undefined && id !== '') this.#callIds.push(id)
    }
  }

  /** Before the end goes out: the client may send its next turn the moment it has it. */
  #tell(): void {
    if (this.#opaque === '' || this.#callIds.length === 0 || this.#length > MOST_LENGTH) return
    this.#onTurn({ callIds: this.#callIds, opaque: this.#opaque, text: this.#text.join('') })
  }
}

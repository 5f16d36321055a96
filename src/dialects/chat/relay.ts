import { asBuffer } from '../../core/as-buffer.ts'
import type { RelayFilter, StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { asObject, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { EventCutter, MAX_EVENT_BYTES } from '../sse/cut-events.ts'
import { readEvent } from '../sse/read-event.ts'
import { RelayOutput } from '../sse/relay-output.ts'
import { textLength } from '../sse/text-length.ts'
import { applyIdentity, CHUNK_OBJECT, chunkWith, identityOf } from './chunk-identity.ts'
import type { ChunkIdentity } from './chunk-identity.ts'
import { errorEvent, errorFromBody } from './errors.ts'
import { OpaqueJoiner } from './join-opaque.ts'
import { ChunkRepair } from './repair-chunk.ts'
import { createChunkSplicer } from './splice-chunk.ts'
import type { ChunkSplicer } from './splice-chunk.ts'
import { TextFrame } from './text-frame.ts'
import { errorFromUnframed } from './unframed.ts'
import { addUsage } from './usage.ts'

const DONE = 'data: [DONE]\n\n'

interface HeldEvent {
  readonly chunk: JsonObject
  readonly original: Buffer
  changed: boolean
}

export function createRelayFilter(options: StreamOptions): RelayFilter {
  return new ChatRelay(options)
}

/**
 * Passes a chat stream through. A chunk in which no event needs repair is handed on as the very buffer it came in; single
 * events are mended by inserting members where that is enough, and parsed and printed again where it is not.
 *
 * The stream never ends well unless the upstream finished its answer: clients run a half tool call after a clean end
 * without `finish_reason`, but retry after an error event.
 *
 * A class and not closures: thousands of streams are open for minutes, and each function of its own is memory.
 */
class ChatRelay implements RelayFilter {
  readonly #options: StreamOptions
  readonly #output = new RelayOutput()
  readonly #repair = new ChunkRepair()
  readonly #opaque: OpaqueJoiner<HeldEvent>
  readonly #cutter: EventCutter
  readonly #frame = new TextFrame()
  #identity: ChunkIdentity | undefined
  #splicer: ChunkSplicer | undefined
  #usage: Usage | undefined
  answerBytes = 0
  #usageChunk: JsonObject | undefined
  #usageSent = false
  #state: 'open' | 'finished' | 'failed' = 'open'
  #failure: JetwayError | undefined

  constructor(options: StreamOptions) {
    const maxEventBytes = options.maxEventBytes ?? MAX_EVENT_BYTES
    this.#options = options
    this.#opaque = new OpaqueJoiner(maxEventBytes)
    this.#cutter = new EventCutter((source, start, end) => {
      this.#onRange(source, start, end)
    }, maxEventBytes)
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
    const chunk = asBuffer(bytes)
    this.#output.begin(chunk)
    this.#cutter.push(chunk)
    return this.#output.take(bytes)
  }

  end(): Uint8Array {
    this.#output.begin(undefined)
    if (this.#state === 'open') this.#cutter.end()
    if (this.#state === 'open') {
      if (this.#repair.finished) this.#finish(undefined)
      else this.#fail(earlyEnd())
    }
    return this.#output.take(EMPTY)
  }

  fail(error: JetwayError): Uint8Array {
    this.#output.begin(undefined)
    this.#fail(error)
    return this.#output.take(EMPTY)
  }

  #onRange(source: Buffer, start: number, end: number): void {
    if (this.#state !== 'open') return
    if (source[start] === COLON) {
      this.#output.keep(source, start, end)
      return
    }
    if (this.#splicer !== undefined && !this.#opaque.holding) {
      if (this.#frame.holds(source, start, end)) {
        this.answerBytes += end - start - this.#frame.length
        this.#output.keep(source, start, end)
        return
      }
      const text = source.toString('latin1', start, end)
      const { roleSeen, renumbered } = this.#repair
      const spliced = this.#splicer.splice(text, roleSeen, renumbered)
      if (spliced !== undefined) this.answerBytes += answerIn(text)
      if (spliced === text) {
        // Before the role was seen it is right to name it, and afterwards no more.
        if (roleSeen) this.#frame.keep(text)
        this.#output.keep(source, start, end)
        return
      }
      if (spliced !== undefined) {
        this.#output.write(Buffer.from(spliced, 'latin1'))
        return
      }
    }
    this.#onEvent(source.subarray(start, end))
  }

  #onEvent(event: Buffer): void {
    const { data } = readEvent(event, 0, event.length)
    if (data === undefined) {
      const error = errorFromUnframed(event)
      if (error === undefined) this.#output.keepPiece(event)
      else this.#fail(error)
      return
    }
    if (data.trim() === '[DONE]') {
      this.#finish(event)
      return
    }
    const chunk = tryParseJson(data)
    if (!isJsonObject(chunk)) {
      this.#fail(
        new BadGatewayError('The upstream sent an event that is not JSON.', {
          code: 'broken_stream',
        }),
      )
      return
    }
    this.#onChunk(chunk, event)
  }

  #onChunk(chunk: JsonObject, original: Buffer): void {
    this.answerBytes += answerIn(original.toString('latin1'))
    this.#usage = addUsage(this.#usage, chunk)
    const choices = chunk['choices']
    if (!Array.isArray(choices) || choices.length === 0) {
      this.#onEmptyChunk(chunk, original)
      return
    }
    if (this.#identity === undefined) {
      this.#identity = identityOf(chunk, this.#options)
      this.#splicer = createChunkSplicer(this.#identity, asString(chunk['model']))
    }
    let changed = this.#repair.repair(chunk)
    if (applyIdentity(chunk, CHUNK_OBJECT, this.#identity)) changed = true
    if (this.#options.includeUsage && isJsonObject(chunk['usage'])) {
      this.#usageChunk = chunkWith(this.#identity, [], takeUsage(chunk))
      changed = true
    }
    if (this.#repair.broken) {
      this.#fail(
        new BadGatewayError('The upstream broke the answer off.', { code: 'broken_answer' }),
      )
      return
    }
    for (const ready of this.#opaque.push({ chunk, original, changed })) this.#release(ready)
  }

  /** Filter results, references, errors, and the usage in a chunk of its own. */
  #onEmptyChunk(chunk: JsonObject, original: Buffer): void {
    const errors = chunk['copilot_errors']
    if (chunk['error'] !== undefined && chunk['error'] !== null) this.#fail(errorFromBody(chunk))
    else if (Array.isArray(errors) && errors.length > 0)
      this.#fail(errorFromBody({ error: errors[0] ?? null }))
    else if (this.#options.includeUsage && isJsonObject(chunk['usage']) && !this.#usageSent) {
      this.#identity ??= identityOf(chunk, this.#options)
      const changed =
        applyIdentity(chunk, CHUNK_OBJECT, this.#identity) || chunk['choices'] === null
      chunk['choices'] = []
      if (this.#repair.finished && !this.#opaque.holding) {
        this.#release({ chunk, original, changed })
        this.#usageSent = true
      } else this.#usageChunk = chunk
    }
  }

  #release(event: HeldEvent): void {
    if (event.changed) this.#print(event.chunk)
    else this.#output.keepPiece(event.original)
  }

  #print(chunk: JsonObject): void {
    this.#output.write(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`))
  }

  /** The closing event: first whatever the upstream owes before it. */
  #finish(done: Buffer | undefined): void {
    for (const ready of this.#opaque.flush()) this.#release(ready)
    if (this.#identity === undefined || !this.#repair.started) {
      this.#fail(
        new BadGatewayError('The upstream ended the stream without an answer.', {
          code: 'empty_answer',
        }),
      )
      return
    }
    for (const { index, reason } of this.#repair.unfinished()) {
      this.#print(chunkWith(this.#identity, [{ index, delta: {}, finish_reason: reason }]))
    }
    if (this.#usageChunk !== undefined && !this.#usageSent) this.#print(this.#usageChunk)
    if (done === undefined) this.#output.write(Buffer.from(DONE))
    else this.#output.keepPiece(done)
    this.#state = 'finished'
  }

  #fail(error: JetwayError): void {
    if (this.#state !== 'open') return
    for (const ready of this.#opaque.flush()) this.#release(ready)
    this.#state = 'failed'
    this.#failure = error
    this.#output.write(Buffer.from(errorEvent(error)))
  }
}

const COLON = 0x3a
const EMPTY = Buffer.alloc(0)

/** Text, or what a tool is called with: a chunk seldom brings both. */
function answerIn(event: string): number {
  return (
    textLength(event, '"content":"') ||
    textLength(event, '"arguments":"') ||
    textLength(event, '"reasoning_text":"')
  )
}

function takeUsage(chunk: JsonObject): JsonObject {
  const usage = asObject(chunk['usage'])
  const billed = asObject(chunk['copilot_usage'])
  delete chunk['usage']
  delete chunk['copilot_usage']
  return { usage, ...(billed === undefined ? {} : { copilot_usage: billed }) }
}

function earlyEnd(): JetwayError {
  return new BadGatewayError('The upstream ended the stream in the middle of the answer.', {
    code: 'stream_ended_early',
  })
}

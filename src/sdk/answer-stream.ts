import { createEventReader } from '../dialects/sse/read-event.ts'
import { aboutCall } from './about-call.ts'
import type { CallFacts } from './about-call.ts'
import type { AnswerHead } from './answer-sink.ts'
import type { RawResponse } from './types/options.ts'

/** What a stream of one dialect is made of. */
export interface StreamKind<Chunk, Whole> {
  /** One event's data as a chunk; `undefined` for an event that is none (`[DONE]`). Throws the error that an event reports. */
  readonly readChunk: (data: string) => Chunk | undefined
  /** The text a reader sees in this chunk. */
  readonly textOf: (chunk: Chunk) => string
  /** Puts the whole answer together. */
  readonly fold: (chunks: readonly Chunk[]) => Whole
}

/**
 * A streamed answer. It can be read once, by one of its methods; leaving the loop early ends the request upstream. One that
 * is not read holds its request open: read it, or `abort()` it.
 *
 * @example
 * for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
 */
export interface AnswerStream<Chunk, Whole> extends AsyncIterableIterator<Chunk, undefined> {
  readonly _response: RawResponse
  /** Reads to the end: the answer's text. */
  text(): Promise<string>
  /** Reads to the end: the answer as if it had not been streamed. */
  final(): Promise<Whole>
  /** The chunks as lines of JSON, to hand on as a web response. */
  toReadableStream(): ReadableStream<Uint8Array>
  /** Ends the stream and its request upstream. */
  abort(): void
  [Symbol.asyncDispose](): Promise<void>
}

export interface AnswerStreamOptions<Chunk, Whole> {
  readonly head: AnswerHead
  readonly raw: RawResponse
  readonly kind: StreamKind<Chunk, Whole>
  /** Aborts the call. */
  readonly abort: (reason: Error) => void
  /** What errors of the stream are about: who writes one in its middle does not know the call. */
  readonly facts: CallFacts
}

export function createAnswerStream<Chunk, Whole>(
  options: AnswerStreamOptions<Chunk, Whole>,
): AnswerStream<Chunk, Whole> {
  const { head, raw, kind, facts } = options
  const ready: Chunk[] = []
  let state: 'open' | 'ended' | 'closed' = 'open'
  let failure: { readonly error: unknown } | undefined
  let filling: Promise<void> | undefined
  let taken = false

  const reader = createEventReader((_event, data) => {
    if (failure !== undefined) return
    try {
      const chunk = kind.readChunk(data)
      if (chunk !== undefined) ready.push(chunk)
    } catch (error) {
      failure = { error }
    }
  })

  const fill = async (): Promise<void> => {
    try {
      const bytes = await head.body.read()
      if (state !== 'open') return
      if (bytes === undefined) {
        state = 'ended'
        reader.end()
      } else {
        reader.push(bytes)
      }
    } catch (error) {
      failure = { error }
    } finally {
      filling = undefined
    }
  }

  const mustWait = (): boolean => ready.length === 0 && failure === undefined && state === 'open'

  const close = (reason: string): void => {
    if (state === 'open') options.abort(new DOMException(reason, 'AbortError'))
    state = 'closed'
    ready.length = 0
  }

  const stream: AnswerStream<Chunk, Whole> = {
    _response: raw,
    [Symbol.asyncIterator]() {
      if (taken)
        throw new TypeError('this stream was read already; keep its chunks to use them twice')
      taken = true
      return stream
    },
    async next() {
      // Several calls of `next` may wait at once: they share one read, and each takes its own chunk.
      while (mustWait()) {
        filling ??= fill()
        await filling
      }
      const value = ready.shift()
      if (value !== undefined) return { value, done: false }
      if (failure !== undefined && state !== 'closed') {
        close('the stream failed')
        throw aboutCall(failure.error, facts)
      }
      return { value: undefined, done: true }
    },
    return() {
      close('the reader left the stream')
      return Promise.resolve({ value: undefined, done: true })
    },
    async text() {
      let text = ''
      for await (const chunk of stream) text += kind.textOf(chunk)
      return text
    },
    async final() {
      const chunks: Chunk[] = []
      for await (const chunk of stream) chunks.push(chunk)
      try {
        return kind.fold(chunks)
      } catch (error) {
        throw aboutCall(error, facts)
      }
    },
    toReadableStream() {
      const encoder = new TextEncoder()
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { value, done } = await stream.next()
          if (done) controller.close()
          else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
        },
        cancel() {
          close('the reader left the stream')
        },
      })
    },
    abort() {
      close('the stream was aborted')
    },
    [Symbol.asyncDispose]() {
      close('the stream was disposed of')
      return Promise.resolve()
    },
  }
  return stream
}

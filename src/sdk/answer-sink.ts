import type { EncodedError } from '../core/dialect.ts'
import type { JetwayError } from '../core/errors.ts'
import type { Sink } from '../core/sink.ts'
import { createByteQueue } from './byte-queue.ts'
import type { ByteQueue } from './byte-queue.ts'

/** What the engine handed over before the first byte of the body. */
export interface AnswerHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ByteQueue
}

/** A failure before the head, with all that was said about it. */
export interface EarlyFailure {
  readonly error: JetwayError
  /** In the call's dialect, for a door that speaks HTTP. */
  readonly answer: EncodedError
  readonly headers: Readonly<Record<string, string>>
}

export type Outcome =
  | { readonly kind: 'answer'; readonly head: AnswerHead }
  | { readonly kind: 'failure'; readonly failure: EarlyFailure }

export interface AnswerSink extends Sink {
  /** Resolves once, with the head or with what came instead of it. Rejects with the reason when the call was aborted before. */
  readonly outcome: Promise<Outcome>
}

export interface AnswerSinkOptions {
  /** The call's signal: after it nothing more comes, so the reader hears of it here. */
  readonly signal: AbortSignal
  /**
   * `throw`: a reader of a stream that breaks gets the error itself, for callers in this process. `bytes`: it gets the
   * dialect's error event, as a client of the gateway would.
   */
  readonly brokenStream: 'throw' | 'bytes'
}

/** The SDK's end of a call: a bounded queue of the answer's bytes, which holds the engine back while nobody reads. */
export function createAnswerSink({ signal, brokenStream }: AnswerSinkOptions): AnswerSink {
  const body = createByteQueue()
  let settle: (outcome: Outcome) => void = () => {}
  const outcome = new Promise<Outcome>((resolve, reject) => {
    settle = resolve
    signal.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error)
        body.fail(signal.reason)
      },
      { once: true },
    )
    if (signal.aborted) reject(signal.reason as Error)
  })

  const sink: AnswerSink = {
    outcome,
    onDrain: undefined,
    head(status, headers) {
      settle({ kind: 'answer', head: { status, headers, body } })
    },
    write: (bytes) => body.push(bytes),
    end(bytes) {
      if (bytes !== undefined) body.push(bytes)
      body.end()
    },
    fail(error, answer, headers) {
      settle({ kind: 'failure', failure: { error, answer, headers } })
      body.fail(error)
    },
    failStream(error, bytes) {
      if (brokenStream === 'throw') {
        body.fail(error)
        return
      }
      body.push(bytes)
      body.end()
    },
    destroy(error) {
      body.fail(error)
    },
  }
  body.onDrain = () => {
    sink.onDrain?.()
  }
  return sink
}

import type { Call } from '../core/call.ts'
import type { Engine } from '../core/engine.ts'
import { createAnswerSink } from './answer-sink.ts'
import type { AnswerSinkOptions, Outcome } from './answer-sink.ts'

export interface Performed {
  readonly call: Call
  readonly outcome: Outcome
  /** Ends the call and its request upstream. */
  readonly abort: (reason: Error) => void
}

/** Runs one call through the engine; resolves as soon as its head, or its failure, is there. */
export async function perform(
  engine: Engine,
  makeCall: (signal: AbortSignal) => Call,
  callerSignal: AbortSignal | undefined,
  brokenStream: AnswerSinkOptions['brokenStream'],
): Promise<Performed> {
  callerSignal?.throwIfAborted()
  const controller = new AbortController()
  const call = makeCall(controller.signal)
  const sink = createAnswerSink({ signal: controller.signal, brokenStream })
  // Not `AbortSignal.any`: a caller's signal may live as long as the process, and this listener must not.
  const onAbort = (): void => {
    controller.abort(callerSignal?.reason)
  }
  callerSignal?.addEventListener('abort', onAbort, { once: true })
  const settled = (): void => {
    callerSignal?.removeEventListener('abort', onAbort)
  }
  engine.run(call, sink).then(settled, (error: unknown) => {
    settled()
    // It never does, but for a defect of ours; the caller must not wait for ever then.
    controller.abort(error)
  })
  const outcome = await sink.outcome
  return {
    call,
    outcome,
    abort: (reason) => {
      controller.abort(reason)
    },
  }
}

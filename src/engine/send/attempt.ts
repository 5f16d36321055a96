import type { Clock } from '../../core/clock.ts'
import { JetwayError, Timeout, BadGatewayError } from '../../core/errors.ts'
import type { Place, Refusal, ResponseHeaders, Upstream } from '../../core/upstream.ts'
import type { Usage } from '../../core/usage.ts'
import type { Exchange, ExchangeHandler, ExchangeRequest } from '../../transport/exchange.ts'
import type { Transport } from '../../transport/transport.ts'
import type { Outbound } from '../plan/outbound.ts'
import type { Outlet } from '../relay/outlet.ts'
import type { Receiver } from '../relay/receiver.ts'

/** How one exchange with an upstream ended. */
export type AttemptOutcome =
  /** The client has its answer, or as much of it as came: `failure` says that it ended with an error. */
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly usage: Usage | undefined
      readonly failure: JetwayError | undefined
      readonly brokenAfter: number | undefined
    }
  /** Nothing went out: another attempt may answer. `refusal`: the upstream's own words, for the vendor to read. */
  | {
      readonly kind: 'failed'
      readonly status: number
      readonly error: JetwayError | undefined
      readonly refusal: Refusal | undefined
    }
  | {
      readonly kind: 'aborted'
      readonly usage: Usage | undefined
      readonly brokenAfter: number | undefined
    }

export interface AttemptInput {
  readonly transport: Pick<Transport, 'dispatch'>
  readonly clock: Clock
  readonly upstream: Upstream
  readonly place: Place
  readonly outbound: Outbound
  readonly request: ExchangeRequest
  readonly receiver: Receiver
  readonly outlet: Outlet
  readonly requestId: string
  /** On the monotonic clock: the attempt's end, whatever comes. */
  readonly deadlineAt: number
  /** Longest wait for the first byte and between two; absent for an answer in one piece. */
  readonly silenceMs: number | undefined
  /** What to send while the upstream is silent, and after how long. */
  readonly keepAlive: { readonly text: string; readonly afterMs: number } | undefined
}

const MAX_REFUSAL_BYTES = 64 * 1024

/**
 * One exchange: the request out, the answer through the receiver to the client. One value for each attempt and one promise;
 * a chunk costs no closure, no promise and no timer. The call's wake-up is set for the nearest of three moments; when it
 * comes, `look` sees whether that moment has moved since.
 */
export class Attempt implements ExchangeHandler {
  readonly #input: AttemptInput
  readonly #resolve: (outcome: AttemptOutcome) => void
  readonly outcome: Promise<AttemptOutcome>
  #exchange: Exchange | undefined
  #status = 0
  #headers: ResponseHeaders = {}
  #refusal: Buffer[] | undefined
  #refusalBytes = 0
  #lastByteAt: number
  #over = false

  constructor(input: AttemptInput) {
    this.#input = input
    let settle: ((outcome: AttemptOutcome) => void) | undefined
    this.outcome = new Promise((resolve) => {
      settle = resolve
    })
    // The executor above has run by now.
    this.#resolve = settle as unknown as (outcome: AttemptOutcome) => void
    this.#lastByteAt = input.clock.monotonic()
    input.outlet.lastSentAt = this.#lastByteAt
  }

  start(): void {
    this.#exchange = this.#input.transport.dispatch(this.#input.request, this)
  }

  /** The client takes more again; the silence so far was its own. */
  resume(): void {
    this.#lastByteAt = this.#input.clock.monotonic()
    this.#exchange?.resume()
  }

  /** The client is gone. */
  abort(): void {
    this.#exchange?.abort()
    const { usage } = this.#input.receiver
    this.#finish({ kind: 'aborted', usage, brokenAfter: this.#brokenAfter() })
  }

  /** The door ends the call: a stream that has begun says why, and anything else is for the call to say. */
  stop(error: JetwayError): void {
    if (this.#input.outlet.started) this.#broken(error)
    else this.abort()
  }

  onHead(status: number, headers: ResponseHeaders): void {
    this.#status = status
    this.#headers = headers
    this.#lastByteAt = this.#input.clock.monotonic()
    this.#input.upstream.observe?.(this.#input.place, headers)
    if (status < 200 || status >= 300) this.#refusal = []
    else if (isEncoded(headers)) {
      this.#broken(
        new BadGatewayError('the upstream compressed its answer although nobody asked for that', {
          code: 'invalid_answer',
        }),
      )
    }
  }

  onData(chunk: Uint8Array): boolean {
    if (this.#over) return true
    const { clock, receiver, outlet } = this.#input
    this.#lastByteAt = outlet.now = clock.monotonic()
    if (this.#refusal !== undefined) {
      this.#keepRefusal(this.#refusal, chunk)
      return true
    }
    try {
      const more = receiver.data(chunk)
      if (outlet.ended) {
        this.#answered(receiver.failure)
        // Whatever the upstream would go on to say, nobody hears it.
        this.#exchange?.abort()
      } else if (!more) outlet.upstream = this
      return more
    } catch (error) {
      this.#broken(toJetwayError(error))
      return true
    }
  }

  onEnd(): void {
    if (this.#over) return
    if (this.#refusal !== undefined) {
      this.#failed(undefined, this.#readRefusal(this.#refusal))
      return
    }
    try {
      this.#input.receiver.end()
    } catch (error) {
      this.#broken(toJetwayError(error))
      return
    }
    this.#answered(this.#input.receiver.failure)
  }

  onError(error: JetwayError): void {
    // A refusal whose body was cut is still a refusal.
    if (this.#refusal !== undefined) this.#failed(undefined, this.#readRefusal(this.#refusal))
    else this.#broken(error)
  }

  /** Before anything went out it is a failed attempt; after that, the end of the answer. */
  #broken(error: JetwayError): void {
    if (this.#over) return
    this.#exchange?.abort()
    const { outlet, receiver } = this.#input
    if (!outlet.started) {
      this.#failed(error, undefined)
      return
    }
    if (!outlet.ended) receiver.fail(error)
    this.#answered(receiver.finished ? undefined : (receiver.failure ?? error))
  }

  #answered(failure: JetwayError | undefined): void {
    if (failure !== undefined) this.#exchange?.abort()
    const { usage } = this.#input.receiver
    const brokenAfter = failure === undefined ? undefined : this.#brokenAfter()
    this.#finish({ kind: 'answered', status: this.#status, usage, failure, brokenAfter })
  }

  #failed(error: JetwayError | undefined, refusal: Refusal | undefined): void {
    this.#finish({ kind: 'failed', status: this.#status, error, refusal })
  }

  /** About how many tokens had come of an answer that had begun and was not finished. */
  #brokenAfter(): number | undefined {
    const { finished, outputTokens } = this.#input.receiver
    const isBegun = this.#status >= 200 && this.#status < 300
    return isBegun && !finished ? outputTokens : undefined
  }

  #finish(outcome: AttemptOutcome): void {
    if (this.#over) return
    this.#over = true
    this.#resolve(outcome)
  }

  /** When `look` should be called next. */
  nearest(): number {
    const { deadlineAt, silenceMs, keepAlive, outlet } = this.#input
    let at = deadlineAt
    if (silenceMs !== undefined) at = Math.min(at, this.#silentSince() + silenceMs)
    if (keepAlive !== undefined) at = Math.min(at, outlet.lastSentAt + keepAlive.afterMs)
    return at
  }

  /** While the client holds us back, the upstream's silence is ours. */
  #silentSince(): number {
    return this.#input.outlet.held ? this.#input.clock.monotonic() : this.#lastByteAt
  }

  /** Ends what took too long; breaks the silence towards the client. */
  look(now: number): void {
    if (this.#over) return
    const { deadlineAt, silenceMs, keepAlive, outlet } = this.#input
    if (now >= deadlineAt) {
      this.#broken(new Timeout('the call took longer than its timeout', { code: 'timeout' }))
      return
    }
    if (silenceMs !== undefined && now >= this.#silentSince() + silenceMs) {
      this.#broken(
        new Timeout(`the upstream sent nothing for ${silenceMs} ms (stream timeout)`, {
          code: 'stream_timeout',
        }),
      )
      return
    }
    if (keepAlive !== undefined && now >= outlet.lastSentAt + keepAlive.afterMs) {
      outlet.now = now
      outlet.keepAlive(Buffer.from(keepAlive.text))
      outlet.lastSentAt = now
    }
  }

  #keepRefusal(kept: Buffer[], chunk: Uint8Array): void {
    const room = MAX_REFUSAL_BYTES - this.#refusalBytes
    if (room <= 0) return
    const part = Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.length, room))
    kept.push(part)
    this.#refusalBytes += part.length
  }

  #readRefusal(kept: readonly Buffer[]): Refusal {
    const { plan } = this.#input.outbound
    return {
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(kept).toString('utf8'),
      wire: plan.wire,
      model: plan.model,
      requestId: this.#input.requestId,
    }
  }
}

function isEncoded(headers: ResponseHeaders): boolean {
  const encoding = headers['content-encoding']
  return encoding !== undefined && encoding !== 'identity'
}

/** A codec throws only our own errors; anything else is a defect, and still has to end the call well. */
export function toJetwayError(error: unknown): JetwayError {
  if (error instanceof JetwayError) return error
  return new JetwayError('the answer could not be read; this is a defect of the gateway', {
    cause: error,
    code: 'internal_error',
  })
}

import type { JetwayError } from '../../core/errors.ts'
import { errorName } from '../../core/errors.ts'
import type { AttemptRecord, Observer } from '../../core/ledger.ts'
import type { WireName } from '../../core/model.ts'
import type { Initiator } from '../../core/plan.ts'
import type { Stopwatch } from './stopwatch.ts'

interface OpenAttempt {
  readonly number: number
  readonly provider: string
  readonly model: string
  readonly wire: WireName
  readonly startedMs: number
  initiator: Initiator['value']
  durationMs: number
  status: number
  error: string | undefined
}

/** The attempts of one call, each written down when it is known what was done about it. */
export class AttemptLog {
  readonly #observers: readonly Observer[]
  readonly #callId: string
  readonly #watch: Stopwatch
  readonly #closed: AttemptRecord[] = []
  #current: OpenAttempt | undefined
  /** Attempts begun. */
  count = 0

  constructor(observers: readonly Observer[], callId: string, watch: Stopwatch) {
    this.#observers = observers
    this.#callId = callId
    this.#watch = watch
  }

  /**
   * Attempts that the upstream may have worked on and billed: all but those it refused with a 4xx. What is sent after a
   * refusal that was mended (a token that had run out, a field it does not take) is the call's first true attempt.
   */
  get worked(): number {
    return this.#closed.filter(({ status }) => status < 400 || status >= 500).length
  }

  get attempts(): readonly AttemptRecord[] {
    return this.#closed
  }

  open(provider: string, model: string, wire: WireName): void {
    this.close(undefined)
    this.count++
    this.#current = {
      number: this.count,
      provider,
      model,
      wire,
      startedMs: this.#watch.sinceStartMs(),
      initiator: 'agent',
      durationMs: 0,
      status: 0,
      error: undefined,
    }
  }

  planned(initiator: Initiator['value']): void {
    if (this.#current !== undefined) this.#current.initiator = initiator
  }

  /** The exchange is over, well or not. */
  ended(status: number, error: JetwayError | undefined): void {
    const current = this.#current
    if (current === undefined) return
    current.status = status
    current.durationMs = this.#watch.sinceStartMs() - current.startedMs
    if (error !== undefined) current.error = describe(error)
  }

  /** It failed before, or instead of, an exchange. */
  failed(error: JetwayError): void {
    if (this.#current?.error === undefined) this.ended(this.#current?.status ?? 0, error)
  }

  close(next: string | undefined): void {
    const current = this.#current
    if (current === undefined) return
    this.#current = undefined
    const record: AttemptRecord = {
      number: current.number,
      provider: current.provider,
      model: current.model,
      wire: current.wire,
      startedMs: current.startedMs,
      durationMs: current.durationMs,
      status: current.status,
      initiator: current.initiator,
      error: current.error,
      next,
    }
    this.#closed.push(record)
    for (const observer of this.#observers) observer.attempted?.(this.#callId, record)
  }
}

/** The class and the program's word for it: upstream messages may quote a prompt. */
function describe(error: JetwayError): string {
  return error.code === undefined ? errorName(error) : `${errorName(error)} (${error.code})`
}

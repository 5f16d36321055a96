import type { Call, Caller } from './call.ts'
import type { CancelSignal } from './cancel-signal.ts'
import type { JetwayError } from './errors.ts'
import type { CallRecord } from './ledger.ts'
import type { Model } from './model.ts'
import type { Sink } from './sink.ts'

/** What a door sees of the house. */
export interface Engine {
  /**
   * Takes one call to its end: admit, resolve, plan, send, relay, settle. Never rejects; a failure goes to the sink in
   * the call's own dialect. Resolves when the last byte was handed over and the call is settled.
   */
  run(call: Call, sink: Sink): Promise<CallRecord>
  /** Every model this caller may use, under the names to call it by. Rejects with what keeps the catalogue away. */
  listModels(caller: Caller, signal: CancelSignal): Promise<readonly ListedModel[]>
}

export interface ListedModel {
  /** The name to call it by: a `model_name` of the configuration, or the catalogue's id. */
  readonly name: string
  readonly provider: string
  /** Absent for a configured name whose upstream lists nothing. */
  readonly model?: Model | undefined
  /** Why a call to it would fail, as far as its upstream's catalogue tells: a configured name is listed all the same. */
  readonly problem?: JetwayError | undefined
}

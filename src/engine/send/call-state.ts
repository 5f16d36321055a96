import type { Permit } from '../../core/admission.ts'
import type { Call } from '../../core/call.ts'
import type { Dialect, RequestFacts } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { Rewrite } from '../../core/plan.ts'
import type { Settings } from '../../core/settings.ts'
import type { Sink } from '../../core/sink.ts'
import type { Usage } from '../../core/usage.ts'
import type { Outbound } from '../plan/outbound.ts'
import { Outlet } from '../relay/outlet.ts'
import type { SearchPlan } from '../web-search/search-plan.ts'
import { AttemptLog } from '../settle/attempt-log.ts'
import { Stopwatch } from '../settle/stopwatch.ts'
import { DecodedOnce, NO_PATH } from './decoded.ts'
import type { House } from './house.ts'
import { Interrupts } from './interrupts.ts'

const NONE: readonly Rewrite[] = []

/** What is known of one call while it is under way. */
export class CallState {
  readonly house: House
  /** As it came in; with its images, when they were fetched. */
  call: Call
  readonly sink: Sink
  readonly dialect: Dialect
  /** As they were when the call came in. */
  readonly settings: Settings
  readonly startedAt: number
  readonly outlet: Outlet
  readonly watch: Stopwatch
  readonly log: AttemptLog
  decoded: DecodedOnce
  readonly interrupts: Interrupts
  /** On the monotonic clock. */
  deadlineAt = Infinity
  permit: Permit | undefined
  /** Asked for when the call was interrupted: it may still come, and must then be given back. */
  latePermit: Promise<Permit> | undefined
  /** Admission said no. */
  refused = false
  /** Of the last attempt. */
  outbound: Outbound | undefined
  provider: string | undefined
  model: Model | undefined
  usage: Usage | undefined
  failure: JetwayError | undefined
  /** What was changed before any target was planned for. */
  rewrites: readonly Rewrite[] = NONE
  /** Whether its images have been looked for. */
  broughtImages = false
  /** Set when another model searches the web for the one that was asked. */
  search: SearchPlan | undefined
  #facts: RequestFacts | undefined

  constructor(house: House, call: Call, sink: Sink, dialect: Dialect) {
    const { clock, observers } = house
    this.house = house
    this.call = call
    this.sink = sink
    this.dialect = dialect
    this.settings = house.settings()
    this.startedAt = clock.now()
    this.outlet = new Outlet(sink, clock)
    this.watch = new Stopwatch(clock, call.receivedAt)
    this.log = new AttemptLog(observers, call.id, this.watch)
    this.decoded = new DecodedOnce(call, dialect)
    this.interrupts = new Interrupts(clock, house.wakeUps, this.watch, call)
  }

  /** Another body for the same call; what is known of the request is read again, unless it is given. */
  replaceBody(json: JsonObject, facts?: RequestFacts): void {
    this.call = { ...this.call, body: { json, bytes: Buffer.from(JSON.stringify(json)) } }
    this.decoded = new DecodedOnce(this.call, this.dialect)
    this.#facts = facts
  }

  get facts(): RequestFacts {
    this.#facts ??= this.dialect.readFacts(this.call.body.json, this.call.path ?? NO_PATH)
    return this.#facts
  }
}

import type { Permit } from '../../core/admission.ts'
import type { Call } from '../../core/call.ts'
import type { Dialect, RequestFacts } from '../../core/dialect.ts'
import { JetwayError, NotFoundError, RateLimitError, withDetails } from '../../core/errors.ts'
import type { CallRecord } from '../../core/ledger.ts'
import type { Model, WireName } from '../../core/model.ts'
import type { Settings } from '../../core/settings.ts'
import type { Sink } from '../../core/sink.ts'
import type { Access, Mend, Place, Upstream } from '../../core/upstream.ts'
import type { Usage } from '../../core/usage.ts'
import { estimateTokens } from '../count/estimate-tokens.ts'
import { chooseWire } from '../plan/choose-wire.ts'
import type { WireChoice } from '../plan/choose-wire.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Outbound } from '../plan/outbound.ts'
import { createReceiver } from '../relay/create-receiver.ts'
import { Outlet } from '../relay/outlet.ts'
import type { WholeAnswer } from '../relay/outlet.ts'
import { replyHeaders } from '../relay/reply-headers.ts'
import type { Route, Target } from '../resolve/target.ts'
import { notFound } from '../resolve/not-found.ts'
import { AttemptLog } from '../settle/attempt-log.ts'
import { makeRecord } from '../settle/make-record.ts'
import { Stopwatch } from '../settle/stopwatch.ts'
import { Attempt, toJetwayError } from './attempt.ts'
import { DecodedOnce, NO_PATH } from './decoded.ts'
import { fallbackNames } from './fallback-names.ts'
import type { House } from './house.ts'
import { Interrupts } from './interrupts.ts'
import { mendKey, nextStep } from './next-step.ts'

type TargetOutcome =
  | { readonly kind: 'answered' }
  /** The upstream has no such model. */
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'failed'
      readonly error: JetwayError
      readonly mend?: Mend | undefined
      readonly access?: Access | undefined
    }

/** A call that no mend helps after this many is given up. */
const MOST_MENDS = 6

/** One call on its way: resolve, admit, plan, send, again if need be, and what became of it. */
export class CallRun {
  readonly #house: House
  readonly #call: Call
  readonly #sink: Sink
  readonly #dialect: Dialect
  readonly #settings: Settings
  readonly #outlet: Outlet
  readonly #watch: Stopwatch
  readonly #log: AttemptLog
  readonly #decoded: DecodedOnce
  readonly #interrupts: Interrupts
  readonly #startedAt: number
  #facts: RequestFacts | undefined
  #deadlineAt = Infinity
  #permit: Permit | undefined
  #refused = false
  #outbound: Outbound | undefined
  #provider: string | undefined
  #model: Model | undefined
  #usage: Usage | undefined
  #failure: JetwayError | undefined

  constructor(house: House, call: Call, sink: Sink, dialect: Dialect) {
    this.#house = house
    this.#call = call
    this.#sink = sink
    this.#dialect = dialect
    this.#settings = house.settings()
    this.#startedAt = house.clock.now()
    this.#outlet = new Outlet(sink, house.clock)
    this.#watch = new Stopwatch(house.clock, call.receivedAt)
    this.#log = new AttemptLog(house.observers, call.id, this.#watch)
    this.#decoded = new DecodedOnce(call, dialect)
    this.#interrupts = new Interrupts(house.clock, call.signal)
  }

  async run(): Promise<CallRecord> {
    try {
      await this.#serve()
    } catch (error) {
      this.#fail(toJetwayError(error))
    }
    this.#interrupts.release()
    const record = this.#record()
    this.#permit?.settle(record)
    for (const observer of this.#house.observers) observer.finished?.(record)
    return record
  }

  async #serve(): Promise<void> {
    const { resolver, clock } = this.#house
    const { router } = this.#settings
    this.#interrupts.begin()
    this.#facts = this.#dialect.readFacts(this.#call.body.json, this.#call.path ?? NO_PATH)
    const asked = this.#call.model === '' ? this.#house.defaultModel : this.#call.model
    const route = resolver.resolve(asked, this.#settings)
    const timeoutMs = this.#call.options.timeoutMs ?? longestTimeout(route, router.timeoutMs)
    this.#deadlineAt = Math.max(clock.monotonic(), this.#call.receivedAt + timeoutMs)
    this.#interrupts.deadlineAt = this.#deadlineAt

    const first = await this.#tryRoute(route, route)
    if (first === undefined) return
    for (const name of fallbackNames(first, route.name, this.#call.options, router)) {
      if (clock.monotonic() >= this.#deadlineAt) break
      this.#log.close(`fallback to ${name}`)
      const failure = await this.#tryRoute(resolver.resolve(name, this.#settings), route)
      if (failure === undefined) return
    }
    throw first
  }

  /** `undefined` when the call is answered; else why this group could not. Throws what no other group would mend. */
  async #tryRoute(route: Route, asked: Route): Promise<JetwayError | undefined> {
    const { balancer, budget, clock, random } = this.#house
    const { router } = this.#settings
    const tried = new Set<Target>()
    const missing = new Set<Target>()
    const context = { seat: this.#call.caller.seat, router, tried, excluded: missing }
    let mended = new Set<string>()
    let lessons: readonly Mend[] = []
    let mends = 0
    let retriesMade = 0
    let failure: JetwayError | undefined
    let target: Target | undefined

    for (;;) {
      if (target === undefined) {
        const pick = balancer.pick(route.targets, context)
        if (pick.kind === 'busy') return failure ?? allBusy(route, pick.waitMs)
        if (pick.kind === 'none') return failure ?? (await this.#notFound(route))
        target = pick.target
        if (!tried.has(target)) {
          mended = new Set()
          lessons = []
        }
        tried.add(target)
        if (retriesMade === 0) budget.deposit(target.provider)
      }
      const outcome = await this.#tryTarget(target, asked, lessons)
      if (outcome.kind === 'answered') return undefined
      if (outcome.kind === 'missing') {
        missing.add(target)
        target = undefined
        continue
      }
      failure = outcome.error
      const { provider, deployment } = target
      const step = nextStep({
        error: failure,
        mend: mends < MOST_MENDS ? outcome.mend : undefined,
        mended,
        otherTarget: route.targets.length > 1 && this.#otherIsFree(route, context),
        retriesMade,
        retriesAllowed: this.#call.options.retries ?? deployment?.retries ?? router.retries,
        timeLeftMs: this.#deadlineAt - clock.monotonic(),
        withdraw: () => budget.withdraw(provider),
        random,
      })
      if (step.kind === 'give-up') return failure
      if (step.kind === 'mend') {
        mends++
        mended.add(mendKey(step.mend))
        lessons = [...lessons, step.mend]
        this.#log.close(step.mend.kind)
        const problem = await this.#mend(step.mend, target, asked, outcome.access)
        if (problem !== undefined) return problem
        continue
      }
      retriesMade++
      this.#log.close(
        step.target === 'other' ? 'try another target' : `retry in ${Math.round(step.waitMs)} ms`,
      )
      if (step.waitMs > 0) await this.#waitFor(this.#interrupts.pause(step.waitMs))
      target = undefined
    }
  }

  #otherIsFree(route: Route, context: Parameters<House['balancer']['pick']>[1]): boolean {
    const pick = this.#house.balancer.pick(route.targets, context)
    return pick.kind === 'target' && !context.tried.has(pick.target)
  }

  async #tryTarget(target: Target, asked: Route, lessons: readonly Mend[]): Promise<TargetOutcome> {
    try {
      return await this.#tryUpstream(target, asked, lessons)
    } catch (error) {
      // A client that is gone, and a caller who may not, are the same at every other target.
      if (this.#interrupts.aborted || this.#refused || this.#outlet.started) throw error
      this.#log.failed(toJetwayError(error))
      return { kind: 'failed', error: toJetwayError(error) }
    }
  }

  async #tryUpstream(
    target: Target,
    asked: Route,
    lessons: readonly Mend[],
  ): Promise<TargetOutcome> {
    const { upstreams, wireMemory, balancer } = this.#house
    const upstream = upstreams.get(target.provider)
    if (upstream === undefined) throw unknownProvider(target.provider)
    const place = this.#placeOf(target, asked)
    const model = await this.#waitFor(
      this.#interrupts.guard(upstream.findModel(target.model, place, this.#call.signal)),
    )
    if (model === undefined) return { kind: 'missing' }
    this.#provider = upstream.provider
    this.#model = model
    await this.#admit(model, upstream.provider)
    if (this.#dialect.operation === 'count-tokens' && !model.wires.includes('messages')) {
      this.#estimate(model)
      return { kind: 'answered' }
    }
    const choice = this.#chooseWire(model, lessons, wireMemory.refused(upstream.provider, model.id))
    this.#log.open(upstream.provider, model.id, choice.wire)
    const access = await this.#waitFor(
      this.#interrupts.guard(upstream.access(place, this.#call.signal)),
    )
    const outbound = this.#plan(target, upstream, model, choice, access, lessons)
    this.#outbound = outbound
    this.#log.planned(outbound.plan.initiator.value)
    const seat = this.#call.caller.seat
    balancer.begin(target, seat)
    let error: JetwayError | undefined
    try {
      const outcome = await this.#send(target, upstream, place, access, outbound)
      if (outcome.kind === 'failed') error = outcome.error
      return outcome
    } finally {
      const tokens = (this.#usage?.inputTokens ?? 0) + (this.#usage?.outputTokens ?? 0)
      const result = { error: error ?? this.#failure, aborted: this.#interrupts.aborted, tokens }
      balancer.end(target, seat, result, this.#settings.router)
    }
  }

  async #send(
    target: Target,
    upstream: Upstream,
    place: Place,
    access: Access,
    outbound: Outbound,
  ): Promise<TargetOutcome> {
    const { clock, transport, wires, maxAnswerBytes } = this.#house
    const { plan } = outbound
    this.#outlet.head = (whole) => this.#head(outbound, whole)
    const now = clock.monotonic()
    const own = target.deployment?.timeoutMs
    const attempt = new Attempt({
      transport,
      clock,
      upstream,
      place,
      outbound,
      request: {
        method: 'POST',
        origin: access.origin,
        path: access.basePath + plan.path,
        headers: { ...plan.headers, ...access.authorization },
        body: plan.body,
      },
      receiver: createReceiver({
        call: this.#call,
        dialect: this.#dialect,
        wire: wires.get(plan.wire),
        outbound,
        outlet: this.#outlet,
        maxAnswerBytes,
        nowMs: clock.now(),
      }),
      outlet: this.#outlet,
      requestId: this.#call.id,
      deadlineAt: own === undefined ? this.#deadlineAt : Math.min(this.#deadlineAt, now + own),
      silenceMs: plan.upstreamStream ? this.#silenceMs(target) : undefined,
      keepAlive: this.#keepAlive(),
    })
    this.#interrupts.attempt = attempt
    this.#watch.waitBegins()
    attempt.start()
    const outcome = await attempt.outcome
    this.#watch.waitEnds()
    this.#interrupts.attempt = undefined

    if (outcome.kind === 'aborted') {
      this.#log.ended(0, this.#interrupts.reason)
      throw this.#interrupts.reason
    }
    if (outcome.kind === 'answered') {
      this.#usage = outcome.usage
      this.#failure = outcome.failure
      this.#log.ended(outcome.status, outcome.failure)
      this.#log.close(undefined)
      return { kind: 'answered' }
    }
    const failure =
      outcome.refusal === undefined ? undefined : upstream.readFailure(outcome.refusal)
    const error = failure?.error ?? outcome.error ?? new JetwayError('the attempt failed')
    this.#log.ended(outcome.status, error)
    return { kind: 'failed', error, mend: failure?.mend, access }
  }

  #plan(
    target: Target,
    upstream: Upstream,
    model: Model,
    choice: WireChoice,
    access: Access,
    lessons: readonly Mend[],
  ): Outbound {
    return makePlan({
      call: this.#call,
      dialect: this.#dialect,
      wires: this.#house.wires,
      facts: this.#factsOf(),
      model,
      choice,
      upstream,
      access,
      extraHeaders: target.deployment?.extraHeaders ?? NO_HEADERS,
      attempt: this.#log.count,
      lessons,
      dropParams: this.#call.options.dropParams ?? this.#settings.router.dropParams,
      decoded: this.#decoded,
    })
  }

  #chooseWire(model: Model, lessons: readonly Mend[], known: ReadonlySet<WireName>): WireChoice {
    const refused = new Set(known)
    for (const lesson of lessons) {
      if (lesson.kind === 'other-wire') refused.add(lesson.wire)
    }
    const n = this.#call.body.json['n']
    const candidates = typeof n === 'number' && n > 1
    return chooseWire({ dialect: this.#dialect, model, refused, candidates })
  }

  async #admit(model: Model, provider: string): Promise<void> {
    const { admission } = this.#house
    if (admission === undefined || this.#permit !== undefined) return
    try {
      this.#permit = await this.#waitFor(
        this.#interrupts.guard(admission.admit({ call: this.#call, model, provider })),
      )
    } catch (error) {
      this.#refused = !this.#interrupts.aborted
      throw error
    }
  }

  /** `undefined`, or why it could not be mended: then that is the call's failure. */
  async #mend(
    mend: Mend,
    target: Target,
    asked: Route,
    access: Access | undefined,
  ): Promise<JetwayError | undefined> {
    const upstream = this.#house.upstreams.get(target.provider)
    if (upstream === undefined || access === undefined) return unknownProvider(target.provider)
    if (mend.kind === 'other-wire') {
      this.#house.wireMemory.learn(upstream.provider, mend.model, mend.wire)
    }
    try {
      const place = this.#placeOf(target, asked)
      await this.#waitFor(
        this.#interrupts.guard(upstream.mend(mend, place, access, this.#call.signal)),
      )
      return undefined
    } catch (error) {
      if (this.#interrupts.aborted) throw error
      return toJetwayError(error)
    }
  }

  /** An address and key that came with the call are for the provider it named, not for its fallbacks'. */
  #placeOf(target: Target, asked: Route): Place {
    const { caller, options } = this.#call
    const own = asked.targets.some((one) => one.provider === target.provider)
    return {
      seat: caller.seat,
      apiBase: (own ? options.apiBase : undefined) ?? target.deployment?.apiBase,
      apiKey: (own ? options.apiKey : undefined) ?? target.deployment?.apiKey,
    }
  }

  #silenceMs(target: Target): number {
    return (
      this.#call.options.streamTimeoutMs ??
      target.deployment?.streamTimeoutMs ??
      this.#settings.router.streamTimeoutMs
    )
  }

  #keepAlive(): { readonly bytes: Uint8Array; readonly afterMs: number } | undefined {
    if (!this.#call.stream || this.#dialect.operation !== 'generate') return undefined
    const text = this.#dialect.keepAlive
    if (text === undefined) return undefined
    return { bytes: Buffer.from(text), afterMs: this.#settings.router.keepAliveMs }
  }

  #estimate(model: Model): void {
    if (this.#dialect.operation !== 'count-tokens') return
    const tokens = estimateTokens(this.#decoded.conversation())
    const answer = this.#dialect.encodeAnswer(tokens, {
      requestId: this.#call.id,
      model: this.#call.model,
      request: this.#call.body.json,
      nowMs: this.#house.clock.now(),
    })
    const bytes = Buffer.from(JSON.stringify(answer))
    this.#outlet.head = () =>
      this.#headOf(`${this.#provider}/${model.id}`, 'none', ['estimated'], bytes.length)
    this.#outlet.whole({ bytes, nanoCredits: undefined })
  }

  #head(outbound: Outbound, whole: WholeAnswer | undefined): Readonly<Record<string, string>> {
    const { provider, model, wire, degraded } = outbound.plan
    return this.#headOf(
      `${provider}/${model}`,
      wire,
      degraded,
      this.#call.stream ? undefined : whole?.bytes.length,
      whole?.nanoCredits,
    )
  }

  #headOf(
    model: string,
    wire: string,
    degraded: readonly string[],
    length: number | undefined,
    nanoCredits?: number,
  ): Readonly<Record<string, string>> {
    const stream = this.#call.stream && this.#dialect.operation === 'generate'
    return replyHeaders({
      requestId: this.#call.id,
      contentType:
        stream && this.#dialect.operation === 'generate'
          ? this.#dialect.streamContentType
          : 'application/json',
      model,
      wire,
      attempts: this.#log.count,
      overheadMs: this.#watch.overheadMs(),
      degraded,
      permit: this.#permit?.headers ?? NO_HEADERS,
      stream,
      length,
      nanoCredits,
    })
  }

  #factsOf(): RequestFacts {
    this.#facts ??= this.#dialect.readFacts(this.#call.body.json, this.#call.path ?? NO_PATH)
    return this.#facts
  }

  async #waitFor<T>(promise: Promise<T>): Promise<T> {
    this.#watch.waitBegins()
    try {
      return await promise
    } finally {
      this.#watch.waitEnds()
    }
  }

  async #notFound(route: Route): Promise<JetwayError> {
    const { upstreams } = this.#house
    const place = { seat: this.#call.caller.seat }
    return notFound(route, this.#settings, upstreams, place, this.#call.signal)
  }

  #fail(error: JetwayError): void {
    this.#log.close(undefined)
    this.#failure = withDetails(error, {
      request_id: this.#call.id,
      llm_provider: error.llm_provider ?? this.#provider,
      model: error.model ?? this.#model?.id,
    })
    if (this.#interrupts.aborted || this.#outlet.ended) return
    const answer = this.#dialect.encodeError(this.#failure, this.#call.id)
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'x-request-id': this.#call.id,
      'x-jetway-attempts': String(this.#log.count),
      ...this.#permit?.headers,
      ...answer.headers,
    }
    const wait = this.#failure.retry_after
    if (wait !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(wait)))
    this.#sink.fail(this.#failure, answer, headers)
  }

  #record(): CallRecord {
    return makeRecord({
      call: this.#call,
      dialect: this.#dialect,
      startedAt: this.#startedAt,
      provider: this.#provider,
      model: this.#model,
      plan: this.#outbound?.plan,
      attempts: this.#log.attempts,
      usage: this.#usage,
      failure: this.#failure,
      aborted: this.#interrupts.aborted,
      refused: this.#refused,
      started: this.#outlet.started,
      watch: this.#watch,
      firstByteAt: this.#outlet.firstByteAt,
      queuedMs: this.#permit?.queuedMs ?? 0,
    })
  }
}

const NO_HEADERS: Readonly<Record<string, string>> = {}

function longestTimeout(route: Route, general: number): number {
  let longest = 0
  for (const { deployment } of route.targets) {
    longest = Math.max(longest, deployment?.timeoutMs ?? general)
  }
  return longest === 0 ? general : longest
}

function allBusy(route: Route, waitMs: number): RateLimitError {
  const wait = Math.max(1, Math.ceil(waitMs / 1000))
  return new RateLimitError(
    `no deployment of ${route.name} is available; try again in ${wait} seconds`,
    { retry_after: wait, code: 'no_deployment_available' },
  )
}

function unknownProvider(provider: string): NotFoundError {
  return new NotFoundError(`there is no upstream called ${provider}`, {
    code: 'model_not_found',
    param: 'model',
  })
}

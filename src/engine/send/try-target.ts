import { JetwayError, NotFoundError } from '../../core/errors.ts'
import type { Model } from '../../core/model.ts'
import type { Access, Mend, Place, Upstream } from '../../core/upstream.ts'
import { chooseWire } from '../plan/choose-wire.ts'
import type { WireChoice } from '../plan/choose-wire.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Outbound } from '../plan/outbound.ts'
import { createReceiver } from '../relay/create-receiver.ts'
import { fitsSocket } from '../responses/socket-transport.ts'
import type { Route, Target } from '../resolve/target.ts'
import { searchWire } from '../web-search/search-plan.ts'
import { Attempt, toJetwayError } from './attempt.ts'
import { deadlineOf, keepAliveOf, silenceOf } from './attempt-times.ts'
import { bringImages } from './bring-images.ts'
import type { CallState } from './call-state.ts'
import { healingMend } from './healing-mend.ts'
import { placeOf } from './place-of.ts'
import { answerEstimate, headFor } from './reply.ts'

export type TargetOutcome =
  | { readonly kind: 'answered' }
  /** The upstream has no such model. */
  | { readonly kind: 'missing' }
  | FailedTarget

export interface FailedTarget {
  readonly kind: 'failed'
  readonly error: JetwayError
  readonly mend: Mend | undefined
  readonly access: Access
}

/** One attempt at one target: its model, leave to use it, a plan, the exchange. */
export async function tryTarget(
  state: CallState,
  target: Target,
  asked: Route,
  lessons: readonly Mend[],
): Promise<TargetOutcome> {
  try {
    return await attemptTarget(state, target, asked, lessons)
  } catch (error) {
    // A client that is gone, and a caller who may not, are the same at every other target.
    if (state.interrupts.aborted || state.refused || state.outlet.started) throw error
    const failure = toJetwayError(error)
    state.log.failed(failure)
    return { kind: 'failed', error: failure, mend: undefined, access: NO_ACCESS }
  }
}

async function attemptTarget(
  state: CallState,
  target: Target,
  asked: Route,
  lessons: readonly Mend[],
): Promise<TargetOutcome> {
  const { house, call, settings, log } = state
  const { seat } = call.caller
  const upstream = house.upstreams.get(target.provider)
  if (upstream === undefined) throw unknownProvider(target.provider)
  state.provider = upstream.provider
  const place = placeOf(state, target, asked)
  const model = await state.interrupts.waitFor(upstream.findModel(target.model, place, call.signal))
  if (model === undefined) return { kind: 'missing' }
  state.model = model
  await admit(state, model)
  if (state.dialect.operation === 'count-tokens' && !model.wires.includes('messages')) {
    if (await answerEstimate(state)) return { kind: 'answered' }
  }
  if (house.fetchImage !== undefined && settings.images?.fetch === true) {
    await bringImages(state, house.fetchImage, settings.images)
  }
  const choice = wireFor(state, model, lessons)
  log.open(upstream.provider, model.id, choice.wire)
  const access = await state.interrupts.waitFor(upstream.access(place, call.signal))
  const outbound = plan(state, target, upstream, model, choice, access, lessons)
  state.outbound = outbound
  log.planned(outbound.plan.initiator.value)

  house.balancer.begin(target, seat)
  let failed: JetwayError | undefined
  try {
    const outcome = await exchange(state, target, upstream, place, access, outbound)
    failed = outcome.kind === 'failed' ? outcome.error : state.failure
    return outcome
  } finally {
    const { usage, interrupts } = state
    const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0)
    const result = { error: failed, aborted: interrupts.aborted, tokens }
    house.balancer.end(target, seat, result, settings.router)
  }
}

/** Asked once, before the first attempt: what comes after is the same call. */
async function admit(state: CallState, model: Model): Promise<void> {
  const { house, call, interrupts, watch } = state
  if (house.admission === undefined || state.permit !== undefined) return
  let asked: ReturnType<typeof house.admission.admit> | undefined
  try {
    asked = house.admission.admit({ call, model, provider: state.provider ?? '' })
    state.permit = asked instanceof Promise ? await interrupts.guard(asked) : asked
  } catch (error) {
    if (asked instanceof Promise) state.latePermit = asked
    state.refused = !interrupts.aborted
    throw error
  }
  watch.waited(state.permit.queuedMs)
}

function wireFor(state: CallState, model: Model, lessons: readonly Mend[]): WireChoice {
  const { house, dialect, decoded, provider } = state
  if (state.search !== undefined) return searchWire(model)
  const known = house.wireMemory.refused(provider ?? '', model.id)
  const learned = lessons.flatMap((lesson) => (lesson.kind === 'other-wire' ? [lesson.wire] : []))
  const refused = learned.length === 0 ? known : new Set([...known, ...learned])
  const schema = state.facts.wantsSchema === true
  const choice = chooseWire({ dialect, model, refused, candidates: false, schema })
  // A relay needs no decoding, and on chat any number of answers can be asked for.
  if (choice.wire === dialect.wire || choice.wire === 'chat') return choice
  if (dialect.operation === 'embed' || (decoded.conversation().candidates ?? 1) <= 1) return choice
  return chooseWire({ dialect, model, refused, candidates: true, schema })
}

function plan(
  state: CallState,
  target: Target,
  upstream: Upstream,
  model: Model,
  choice: WireChoice,
  access: Access,
  lessons: readonly Mend[],
): Outbound {
  const { call, dialect, house, settings, log, decoded, facts } = state
  const configured = target.deployment?.extraHeaders ?? NO_HEADERS
  return makePlan({
    call,
    dialect,
    wires: house.wires,
    facts,
    model,
    choice,
    upstream,
    access,
    // A program that gives headers with its own call means each of them; a client of the gateway has a list to pass.
    extraHeaders:
      call.caller.kind === 'sdk' && call.headers.size > 0
        ? { ...configured, ...Object.fromEntries(call.headers) }
        : configured,
    attempt: 1 + log.worked,
    lessons,
    onlyFunctions: house.wireMemory.takesOnlyFunctions(upstream.provider, model.id) || undefined,
    dropParams: call.options.dropParams ?? settings.router.dropParams,
    decoded,
    rewrites: state.rewrites,
    search: state.search,
  })
}

async function exchange(
  state: CallState,
  target: Target,
  upstream: Upstream,
  place: Place,
  access: Access,
  outbound: Outbound,
): Promise<TargetOutcome> {
  const { house, call, settings, interrupts, outlet, watch, log } = state
  outlet.head = (whole) => headFor(state, outbound, whole)
  const { upstreamWebSocket: wanted } = settings.router
  const allowed = wanted === 'for-web-sockets' ? call.webSocket === true : wanted
  const webSocket = allowed && fitsSocket(outbound)
  const attempt = new Attempt({
    transport: (webSocket ? house.sockets : undefined) ?? house.transport,
    clock: house.clock,
    upstream,
    place,
    outbound,
    request: {
      method: 'POST',
      origin: access.origin,
      path: access.basePath + outbound.plan.path,
      headers: outbound.plan.headers,
      authorization: access.authorization,
      body: outbound.plan.body,
    },
    receiver: createReceiver({
      call,
      dialect: state.dialect,
      wire: house.wires.get(outbound.plan.wire),
      outbound,
      outlet,
      maxAnswerBytes: house.maxAnswerBytes,
      nowMs: house.clock.now(),
      elapsedMs: () => watch.sinceStartMs(),
    }),
    outlet,
    requestId: call.id,
    deadlineAt: deadlineOf(state, target),
    silenceMs: outbound.plan.upstreamStream ? silenceOf(state, target) : undefined,
    keepAlive: keepAliveOf(state),
  })
  interrupts.attempt = attempt
  watch.waitBegins()
  attempt.start()
  const outcome = await attempt.outcome
  watch.waitEnds()
  interrupts.attempt = undefined

  if (outcome.kind === 'aborted') {
    log.ended(0, interrupts.reason)
    throw interrupts.reason
  }
  if (outcome.kind === 'answered') {
    state.usage = outcome.usage
    state.failure = outcome.failure
    log.ended(outcome.status, outcome.failure)
    log.close(undefined)
    return { kind: 'answered' }
  }
  const { refusal, status } = outcome
  const failure = refusal === undefined ? undefined : upstream.readFailure(refusal)
  const error = failure?.error ?? outcome.error ?? new JetwayError('the attempt failed')
  log.ended(status, error)
  const mend = healingMend(state, outbound, error, failure?.mend)
  return { kind: 'failed', error, mend, access }
}

const NO_HEADERS: Readonly<Record<string, string>> = {}
/** Of an attempt that never came so far; no mend follows on it. */
const NO_ACCESS: Access = {
  origin: '',
  basePath: '',
  authorization: {},
  credential: 'none',
  generation: 0,
}

function unknownProvider(provider: string): NotFoundError {
  return new NotFoundError(`there is no upstream called ${provider}`, {
    code: 'model_not_found',
    param: 'model',
  })
}

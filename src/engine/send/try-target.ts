import type { Model } from '../../core/model.ts'
import type { Access, Mend, Upstream } from '../../core/upstream.ts'
import type { WireChoice } from '../plan/choose-wire.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Outbound } from '../plan/outbound.ts'
import { unknownProvider } from '../resolve/not-found.ts'
import type { Route, Target } from '../resolve/target.ts'
import { searchWire } from '../web-search/search-plan.ts'
import { admit } from './admit.ts'
import { toJetwayError } from './attempt.ts'
import { bringImages } from './bring-images.ts'
import type { CallState } from './call-state.ts'
import { beginExchange, conclude } from './exchange.ts'
import { placeOf } from './place-of.ts'
import { answerEstimate, answerUnasked } from './reply.ts'
import type { TargetOutcome } from './target-outcome.ts'

/**
 * One attempt at one target: its model, leave to use it, a plan, the exchange. Waits only for what is not known yet: with a
 * fresh catalogue and token that is the upstream's answer alone, and every wait more costs each call a promise.
 */
export async function tryTarget(
  state: CallState,
  target: Target,
  asked: Route,
  lessons: readonly Mend[],
): Promise<TargetOutcome> {
  const { house, call, settings, log, interrupts } = state
  try {
    const upstream = house.upstreams.get(target.provider)
    if (upstream === undefined) throw unknownProvider(target.provider)
    state.provider = upstream.provider
    const place = placeOf(state, target, asked)
    const found = interrupts.waitFor(upstream.findModel(target.model, place, call.signal))
    const model = found instanceof Promise ? await found : found
    if (model === undefined) return { kind: 'missing' }
    state.model = model
    const admitted = admit(state, model)
    if (admitted !== undefined) await admitted
    if (state.dialect.operation === 'count-tokens' && !model.wires.includes('messages')) {
      if (await answerEstimate(state)) return { kind: 'answered' }
    }
    if (answerUnasked(state)) return { kind: 'answered' }
    if (house.fetchImage !== undefined && settings.images?.fetch === true) {
      await bringImages(state, house.fetchImage, settings.images)
    }
    // Asked again after the waits above; what was mended goes again whatever came between.
    if (lessons.length === 0 && house.balancer.isFull(target)) return { kind: 'full' }
    house.balancer.begin(target, call.caller.seat)
    let concluded: TargetOutcome | undefined
    try {
      const choice = wireFor(state, model, lessons)
      log.open(upstream.provider, model.id, choice.wire)
      const granted = interrupts.waitFor(upstream.access(place, call.signal))
      const access = granted instanceof Promise ? await granted : granted
      const outbound = plan(state, target, upstream, model, choice, access, lessons)
      state.outbound = outbound
      log.planned(outbound.plan.initiator.value)
      const outcome = await beginExchange(state, target, upstream, place, access, outbound).outcome
      concluded = conclude(state, upstream, access, outbound, outcome)
      return concluded
    } finally {
      endAt(state, target, concluded)
    }
  } catch (error) {
    // A call that was ended, and a caller who may not, are the same at every other target.
    if (interrupts.aborted || state.refused || state.outlet.started) throw error
    const failure = toJetwayError(error)
    log.failed(failure)
    return { kind: 'failed', error: failure, mend: undefined, access: NO_ACCESS }
  }
}

/** Without an outcome nothing was learned of the target. */
function endAt(state: CallState, target: Target, outcome: TargetOutcome | undefined): void {
  const { house, usage, interrupts, settings } = state
  const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0)
  const error = outcome?.kind === 'failed' ? outcome.error : state.failure
  const result = { error, aborted: interrupts.aborted || outcome === undefined, tokens }
  house.balancer.end(target, state.call.caller.seat, result, settings.router)
}

function wireFor(state: CallState, model: Model, lessons: readonly Mend[]): WireChoice {
  const { house, dialect, decoded, provider } = state
  if (state.search !== undefined) return searchWire(model)
  const known = house.wireMemory.refused(provider ?? '', model.id)
  const learned = lessons.flatMap((lesson) => (lesson.kind === 'other-wire' ? [lesson.wire] : []))
  const refused = learned.length === 0 ? known : new Set([...known, ...learned])
  const schema = state.facts.wantsSchema === true
  const choice = house.chooseWire({ dialect, model, refused, candidates: false, schema })
  // A relay needs no decoding, and on chat any number of answers can be asked for.
  if (choice.wire === dialect.wire || choice.wire === 'chat') return choice
  if (dialect.operation === 'embed' || (decoded.conversation().candidates ?? 1) <= 1) return choice
  return house.chooseWire({ dialect, model, refused, candidates: true, schema })
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

const NO_HEADERS: Readonly<Record<string, string>> = {}
/** Of an attempt that never came so far; no mend follows on it. */
const NO_ACCESS: Access = {
  origin: '',
  basePath: '',
  authorization: {},
  credential: 'none',
  generation: 0,
}

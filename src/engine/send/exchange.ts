import type { Conversation } from '../../core/conversation.ts'
import { JetwayError } from '../../core/errors.ts'
import type { Access, Place, Upstream } from '../../core/upstream.ts'
import type { Usage } from '../../core/usage.ts'
import type { Outbound } from '../plan/outbound.ts'
import { usageOfBroken } from '../count/estimate-usage.ts'
import { createReceiver } from '../relay/create-receiver.ts'
import type { Target } from '../resolve/target.ts'
import { fitsSocket } from '../responses/socket-transport.ts'
import { Attempt } from './attempt.ts'
import type { AttemptOutcome } from './attempt.ts'
import { deadlineOf, keepAliveOf, silenceOf } from './attempt-times.ts'
import type { CallState } from './call-state.ts'
import type { DecodedOnce } from './decoded.ts'
import { healingMend } from './healing-mend.ts'
import { headFor } from './reply.ts'
import type { TargetOutcome } from './target-outcome.ts'

/** Sends the request. The way back runs by itself; `Attempt.outcome` says when it is over. */
export function beginExchange(
  state: CallState,
  target: Target,
  upstream: Upstream,
  place: Place,
  access: Access,
  outbound: Outbound,
): Attempt {
  const { house, call, settings, interrupts, outlet, watch } = state
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
  return attempt
}

/** What came of it, for the call's record and for whoever decides about another attempt. Throws when the call was interrupted. */
export function conclude(
  state: CallState,
  upstream: Upstream,
  access: Access,
  outbound: Outbound,
  outcome: AttemptOutcome,
): TargetOutcome {
  const { interrupts, watch, log } = state
  watch.waitEnds()
  interrupts.attempt = undefined

  if (outcome.kind === 'aborted') {
    state.usage = usageOf(state, outcome)
    log.ended(0, interrupts.reason)
    throw interrupts.reason
  }
  if (outcome.kind === 'answered') {
    state.usage = usageOf(state, outcome)
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

/** As the upstream said; of an answer that broke before it did, about what came. */
function usageOf(
  { call, dialect, decoded }: CallState,
  { usage, brokenAfter }: Exclude<AttemptOutcome, { kind: 'failed' }>,
): Usage | undefined {
  if (brokenAfter === undefined || dialect.operation !== 'generate') return usage
  const bytes = call.body.bytes.length
  return usageOfBroken(usage, { conversation: readable(decoded), bytes }, brokenAfter)
}

/** A request that was only relayed may be none that we could translate. */
function readable(decoded: DecodedOnce): Conversation | undefined {
  try {
    return decoded.conversation()
  } catch {
    return undefined
  }
}

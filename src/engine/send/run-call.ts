import type { Call } from '../../core/call.ts'
import type { Dialect } from '../../core/dialect.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { CallRecord } from '../../core/ledger.ts'
import type { Sink } from '../../core/sink.ts'
import type { Route } from '../resolve/target.ts'
import { makeRecord } from '../settle/make-record.ts'
import { withSearchHint } from '../web-search/search-plan.ts'
import { toJetwayError } from './attempt.ts'
import { CallState } from './call-state.ts'
import { fallbackNames } from './fallback-names.ts'
import type { House } from './house.ts'
import { failCall } from './reply.ts'
import { takeSearch } from './take-search.ts'
import { tryRoute } from './try-route.ts'

/** One call from its first byte to its ledger row. Never rejects: what goes wrong is told to the client, and written down. */
export async function runCall(
  house: House,
  call: Call,
  sink: Sink,
  dialect: Dialect,
): Promise<CallRecord> {
  const state = new CallState(house, call, sink, dialect)
  try {
    const route = resolveRoute(state)
    const failure = await tryRoute(state, route, route)
    if (failure !== undefined) await fallBack(state, route, failure)
  } catch (error) {
    failCall(state, toJetwayError(error))
  }
  state.interrupts.release()
  const record = makeRecord({
    uid: house.newId(state.startedAt),
    call,
    dialect,
    startedAt: state.startedAt,
    provider: state.provider,
    model: state.model,
    plan: state.outbound?.plan,
    usage: state.usage,
    failure: state.failure,
    refused: state.refused,
    watch: state.watch,
    attempts: state.log.attempts,
    aborted: state.interrupts.clientGone,
    started: state.outlet.started,
    firstByteAt: state.outlet.firstByteAt,
    queuedMs: state.permit?.queuedMs ?? 0,
  })
  state.permit?.settle(record)
  state.latePermit?.then(
    (permit) => {
      permit.settle(record)
    },
    () => {},
  )
  for (const observer of house.observers) observer.finished?.(record)
  return record
}

/** The model's own group. From here on the client's leaving and the call's time are minded. */
function resolveRoute(state: CallState): Route {
  const { call, house, settings, interrupts } = state
  interrupts.begin()
  const asked = call.model === '' ? house.defaultModel : call.model
  const route = house.resolver.resolve(takeSearch(state) ?? asked, settings)
  const timeoutMs = call.options.timeoutMs ?? longestTimeout(route, settings.router.timeoutMs)
  state.deadlineAt = call.receivedAt + timeoutMs
  interrupts.deadlineAt = state.deadlineAt
  return route
}

/** Other models, where the first group failed. When all fail, its failure is the call's, and is thrown. */
async function fallBack(state: CallState, route: Route, first: JetwayError): Promise<void> {
  const { call, dialect, house, settings, log } = state
  for (const name of fallbackNames(first, route.name, call.options, settings.router)) {
    if (house.clock.monotonic() >= state.deadlineAt) break
    log.close(`fallback to ${name}`)
    const failure = await tryRoute(state, house.resolver.resolve(name, settings), route)
    if (failure === undefined) return
  }
  throw settings.webSearch === undefined
    ? withSearchHint(first, dialect.name, call.body.json)
    : first
}

/** A deployment may be given more time than the router's default. */
function longestTimeout(route: Route, general: number): number {
  let longest = 0
  for (const { deployment } of route.targets) {
    longest = Math.max(longest, deployment?.timeoutMs ?? general)
  }
  return longest === 0 ? general : longest
}

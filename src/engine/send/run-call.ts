import type { Call } from '../../core/call.ts'
import type { Dialect } from '../../core/dialect.ts'
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
    await serve(state)
  } catch (error) {
    failCall(state, toJetwayError(error))
  }
  state.interrupts.release()
  const record = makeRecord({
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
    aborted: state.interrupts.aborted,
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

/** The model's own group, then its fallbacks. When all fail, the first group's failure is the call's. */
async function serve(state: CallState): Promise<void> {
  const { call, dialect, house, settings, interrupts, log } = state
  const { resolver, clock } = house
  const { router } = settings
  interrupts.begin()
  const asked = call.model === '' ? house.defaultModel : call.model
  const route = resolver.resolve(takeSearch(state) ?? asked, settings)
  const timeoutMs = call.options.timeoutMs ?? longestTimeout(route, router.timeoutMs)
  state.deadlineAt = call.receivedAt + timeoutMs
  interrupts.deadlineAt = state.deadlineAt

  const first = await tryRoute(state, route, route)
  if (first === undefined) return
  for (const name of fallbackNames(first, route.name, call.options, router)) {
    if (clock.monotonic() >= state.deadlineAt) break
    log.close(`fallback to ${name}`)
    const failure = await tryRoute(state, resolver.resolve(name, settings), route)
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

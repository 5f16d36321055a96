import type { Clock } from '../../core/clock.ts'
import type { LimitStore, TakeRequest } from './limit-store.ts'

/** After a failure calls are counted alone for so long, before one of them asks the shared store again. */
const RETRY_MS = 250

/**
 * Limits that stay limits while the shared store is away: each process then counts alone, at its share of every limit, and
 * goes back to the shared counts as soon as they answer. The share errs on the safe side: all replicas together stay within
 * the limit as long as there are no more of them than `replicas` says.
 */
export function createResilientLimits(options: {
  readonly shared: LimitStore
  readonly local: LimitStore
  readonly replicas: () => number
  readonly clock: Clock
  /** Told once for each change, not for each call. */
  readonly onChange?: ((away: boolean) => void) | undefined
}): LimitStore {
  const { shared, local, replicas, clock, onChange } = options
  let away = false
  let retryAt = 0
  /** Calls that were counted here alone, so that they are settled here. */
  const localCalls = new Set<string>()

  const changed = (now: boolean): void => {
    if (now) retryAt = clock.monotonic() + RETRY_MS
    if (away === now) return
    away = now
    onChange?.(now)
  }

  const takeAlone = async (request: TakeRequest) => {
    const verdict = await local.take(shareOf(request, Math.max(1, replicas())))
    if (!verdict.refusal) localCalls.add(request.callId)
    return verdict
  }

  return {
    async take(request) {
      // A store that hangs would else cost every call its timeout.
      if (away && clock.monotonic() < retryAt) return takeAlone(request)
      if (away) retryAt = clock.monotonic() + RETRY_MS
      try {
        const verdict = await shared.take(request)
        changed(false)
        return verdict
      } catch {
        changed(true)
        return takeAlone(request)
      }
    },
    async settle(settlement) {
      if (localCalls.delete(settlement.callId)) await local.settle(settlement)
      else await shared.settle(settlement)
    },
  }
}

/** At least one of each: a limit that is not zero must not become zero by being shared. */
function shareOf(request: TakeRequest, replicas: number): TakeRequest {
  const share = (limit: number | undefined): number | undefined =>
    limit === undefined || limit === 0 ? limit : Math.max(1, Math.floor(limit / replicas))
  return {
    ...request,
    demands: request.demands.map((demand) => ({
      scope: demand.scope,
      requestsPerMinute: share(demand.requestsPerMinute),
      tokensPerMinute: share(demand.tokensPerMinute),
      parallel: share(demand.parallel),
    })),
  }
}

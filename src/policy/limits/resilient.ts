import type { LimitStore, TakeRequest } from './limit-store.ts'

/**
 * Limits that stay limits while the shared store is away: each process then counts alone, at its share of every limit, and
 * goes back to the shared counts as soon as they answer. The share errs on the safe side: all replicas together stay within
 * the limit as long as there are no more of them than `replicas`.
 */
export function createResilientLimits(options: {
  readonly shared: LimitStore
  readonly local: LimitStore
  readonly replicas: number
  /** Told once for each change, not for each call. */
  readonly onChange?: ((away: boolean) => void) | undefined
}): LimitStore {
  const { shared, local, replicas, onChange } = options
  let away = false
  /** Calls that were counted here alone, so that they are settled here. */
  const localCalls = new Set<string>()

  const changed = (now: boolean): void => {
    if (away === now) return
    away = now
    onChange?.(now)
  }

  return {
    async take(request) {
      try {
        const verdict = await shared.take(request)
        changed(false)
        return verdict
      } catch {
        changed(true)
        const verdict = await local.take(shareOf(request, replicas))
        if (!verdict.refusal) localCalls.add(request.callId)
        return verdict
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

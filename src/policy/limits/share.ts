import type { LimitStore, TakeRequest } from './limit-store.ts'

/**
 * Limits of one of several gateways that share nothing: each keeps to its share of every limit, so that together they stay
 * within it as long as there are no more of them than `count` says.
 */
export function createLimitShare(limits: LimitStore, count: number): LimitStore {
  if (count <= 1) return limits
  return {
    take: (request) => limits.take(shareOf(request, count)),
    settle: (settlement) => limits.settle(settlement),
  }
}

/** At least one of each: a limit that is not zero must not become zero by being shared. */
export function shareOf(request: TakeRequest, count: number): TakeRequest {
  const share = (limit: number | undefined): number | undefined =>
    limit === undefined || limit === 0 ? limit : Math.max(1, Math.floor(limit / count))
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

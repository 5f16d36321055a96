import type { Clock } from '../../core/clock.ts'
import {
  BUCKET_MS,
  WINDOW_MS,
  type LimitStore,
  type Settlement,
  type TakeRequest,
} from './limit-store.ts'
import { shareOf } from './share.ts'

/** After a failure calls are counted alone for so long, before one of them asks the shared store again. */
const RETRY_MS = 250
/** Calls that are over and not settled in the shared store, while that is away; beyond it the oldest wait for their deadline. */
const MOST_LEFT = 10_000

/**
 * Limits that stay limits while the shared store is away: each process then counts alone, at its share of every limit, and
 * goes back to the shared counts when they answer again. The share errs on the safe side: all replicas together stay within
 * the limit as long as there are no more of them than `replicas` says.
 *
 * What the shared store counts is counted here too, so that a share begins with what it has used; and for a minute after the
 * store is back both count, since it may have come back without its memory.
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
  let cautiousUntil = 0
  /** Calls that the shared store knows nothing of. */
  const localCalls = new Set<string>()
  /** Calls that it was asked about, and whose answer was lost: it may have counted them. */
  const doubtful = new Set<string>()
  /** Calls that are over, and may still have their places there: until their deadline, which may be ten minutes away. */
  const left = new Map<string, Settlement>()
  let retrying = false

  const changed = (now: boolean): void => {
    if (now) retryAt = clock.monotonic() + RETRY_MS
    if (away === now) return
    away = now
    if (!now) cautiousUntil = clock.monotonic() + WINDOW_MS + BUCKET_MS
    onChange?.(now)
  }

  const takeShare = (request: TakeRequest) => local.take(shareOf(request, Math.max(1, replicas())))

  const takeAlone = async (request: TakeRequest, calls: Set<string>) => {
    const verdict = await takeShare(request)
    if (!verdict.refusal) calls.add(request.callId)
    else if (calls === doubtful) settleLater(nothingOf(request))
    return verdict
  }

  /** Places only: whether it has heard of the tokens is not known, and counted too much for a minute is on the safe side. */
  const settleLater = (settlement: Settlement): void => {
    left.set(settlement.callId, { ...settlement, estimatedTokens: settlement.tokens })
    const [oldest] = left.keys()
    if (left.size > MOST_LEFT && oldest !== undefined) left.delete(oldest)
    retryLater()
  }

  const retryLater = (): void => {
    if (retrying) return
    retrying = true
    clock.setTimer(RETRY_MS, () => void settleLeft())
  }

  const settleLeft = async (): Promise<void> => {
    try {
      for (const [callId, settlement] of left) {
        await shared.settle(settlement)
        left.delete(callId)
      }
    } catch {
      // It is still away.
    }
    retrying = false
    if (left.size > 0) retryLater()
  }

  const giveBack = async (settlement: Settlement): Promise<void> => {
    try {
      await shared.settle(settlement)
    } catch {
      settleLater(settlement)
    }
  }

  return {
    async take(request) {
      // A store that hangs would else cost every call its timeout.
      if (away && clock.monotonic() < retryAt) return takeAlone(request, localCalls)
      if (away) retryAt = clock.monotonic() + RETRY_MS
      try {
        const verdict = await shared.take(request)
        changed(false)
        if (verdict.refusal) return verdict
        if (clock.monotonic() >= cautiousUntil) {
          await local.take(countOnly(request))
          return verdict
        }
      } catch {
        changed(true)
        return takeAlone(request, doubtful)
      }
      // The shared store has counted a call that goes no further: too much for a minute, on the safe side.
      const share = await takeShare(request)
      if (share.refusal) await giveBack(nothingOf(request))
      return share
    },
    async settle(settlement) {
      await local.settle(settlement)
      if (localCalls.delete(settlement.callId)) return
      if (doubtful.delete(settlement.callId)) settleLater(settlement)
      else await giveBack(settlement)
    },
  }
}

function nothingOf({ callId, demands, tokens, nowMs }: TakeRequest): Settlement {
  return { callId, demands, estimatedTokens: tokens, tokens: 0, takenAtMs: nowMs, nowMs }
}

/** Counted, and never refused. */
function countOnly(request: TakeRequest): TakeRequest {
  const open = (limit: number | undefined): number | undefined =>
    limit === undefined ? undefined : Number.MAX_SAFE_INTEGER
  return {
    ...request,
    demands: request.demands.map((demand) => ({
      scope: demand.scope,
      requestsPerMinute: open(demand.requestsPerMinute),
      tokensPerMinute: open(demand.tokensPerMinute),
      parallel: open(demand.parallel),
    })),
  }
}

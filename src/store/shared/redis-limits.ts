import {
  BUCKET_MS,
  BUCKETS,
  type Demand,
  type Left,
  type LimitKind,
  type LimitStore,
  type Refusal,
} from '../../policy/limits/limit-store.ts'
import { SETTLE_SCRIPT, TAKE_SCRIPT } from './limit-script.ts'
import type { RedisConnection } from './redis.ts'
import { createScript } from './redis-script.ts'

/** Limits over all replicas. Numbers of one answer per demand, as `TAKE_SCRIPT` lists them. */
const NUMBERS = 5

export function createRedisLimits(redis: RedisConnection): LimitStore {
  const take = createScript(redis, TAKE_SCRIPT)
  const settle = createScript(redis, SETTLE_SCRIPT)

  return {
    async take({ callId, demands, tokens, nowMs, deadlineMs }) {
      if (demands.length === 0) return { left: [] }
      const limits = demands.flatMap((demand) => [
        String(demand.requestsPerMinute ?? -1),
        String(demand.tokensPerMinute ?? -1),
        String(demand.parallel ?? -1),
      ])
      const given = [
        nowMs,
        BUCKET_MS,
        BUCKETS,
        callId,
        Math.round(tokens),
        Math.round(deadlineMs),
      ].map(String)
      const answer = (await take(keysOf(demands), [...given, ...limits])) as readonly (
        | number
        | string
      )[]
      return { refusal: refusalOf(answer, demands), left: leftOf(answer, demands) }
    },
    async settle({ callId, demands, estimatedTokens, tokens, takenAtMs }) {
      if (demands.length === 0) return
      const difference = Math.round(tokens) - Math.round(estimatedTokens)
      const given = [callId, String(Math.floor(takenAtMs / BUCKET_MS)), String(difference)]
      await settle(keysOf(demands), [
        ...given,
        ...demands.map((demand) => (demand.tokensPerMinute === undefined ? '0' : '1')),
      ])
    },
  }
}

/** One hash tag for all, so that a cluster keeps them on one node and the script may touch several. */
function keysOf(demands: readonly Demand[]): string[] {
  return demands.flatMap(({ scope }) => [
    `{jetway}:requests:${scope}`,
    `{jetway}:tokens:${scope}`,
    `{jetway}:running:${scope}`,
  ])
}

function refusalOf(
  answer: readonly (number | string)[],
  demands: readonly Demand[],
): Refusal | undefined {
  const demand = demands[Number(answer[0]) - 1]
  if (!demand) return undefined
  const kind = answer[1] as LimitKind
  const limits = {
    requests: demand.requestsPerMinute,
    tokens: demand.tokensPerMinute,
    parallel: demand.parallel,
  }
  return {
    scope: demand.scope,
    kind,
    limit: limits[kind] ?? 0,
    used: Number(answer[2]),
    retryAfterMs: Number(answer[3]),
  }
}

function leftOf(answer: readonly (number | string)[], demands: readonly Demand[]): readonly Left[] {
  return demands.flatMap((demand, index) => {
    const at = 4 + index * NUMBERS
    const number = (offset: number): number => Number(answer[at + offset])
    const rows: [LimitKind, number | undefined, number, number][] = [
      ['requests', demand.requestsPerMinute, number(0), number(1)],
      ['tokens', demand.tokensPerMinute, number(2), number(3)],
      ['parallel', demand.parallel, number(4), 0],
    ]
    return rows.flatMap(([kind, limit, used, resetMs]) =>
      limit === undefined
        ? []
        : [{ scope: demand.scope, kind, limit, remaining: Math.max(0, limit - used), resetMs }],
    )
  })
}

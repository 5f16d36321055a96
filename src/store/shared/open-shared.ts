import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Changes } from '../../policy/keys/changes.ts'
import type { LimitStore } from '../../policy/limits/limit-store.ts'
import { createMemoryLimits } from '../../policy/limits/memory.ts'
import { createResilientLimits } from '../../policy/limits/resilient.ts'
import type { Seal } from '../../policy/seats/seal.ts'
import { createLocalChanges, createRedisChanges } from './changes.ts'
import { createRedisLimits } from './redis-limits.ts'
import { createRedisTokenShare } from './redis-token-share.ts'
import { openRedis } from './redis.ts'
import { countReplicas } from './replicas.ts'

/** What processes share while they run: through Redis, or, where there is only one, in its memory. */
export interface Shared {
  readonly limits: LimitStore
  readonly changes: Changes
  readonly tokens: ReturnType<typeof createRedisTokenShare> | undefined
  state(): 'none' | 'connected' | 'away'
  close(): Promise<void>
}

export async function openShared(options: {
  readonly redisUrl?: string | undefined
  readonly clock: Clock
  readonly log: Log
  readonly seal?: Seal | undefined
  readonly replicas?: number | undefined
}): Promise<Shared> {
  const { redisUrl, clock, log, seal } = options
  if (redisUrl === undefined) {
    return {
      limits: createMemoryLimits(),
      changes: createLocalChanges(),
      tokens: undefined,
      state: () => 'none',
      close: () => Promise.resolve(),
    }
  }
  const redis = await openRedis(redisUrl)
  if (!redis.ready) {
    log.error(
      'Redis cannot be reached: limits are counted by this process alone, at its share, until it answers',
    )
  }
  const replicas = await countReplicas(redis, clock, options.replicas ?? 1)
  const changes = await createRedisChanges(redis)
  return {
    changes,
    limits: createResilientLimits({
      shared: createRedisLimits(redis),
      local: createMemoryLimits(),
      replicas: () => replicas.count,
      clock,
      onChange: (away) => {
        if (away)
          log.warn('Redis does not answer: limits are counted alone, at a share', {
            replicas: replicas.count,
          })
        else log.info('Redis answers again: limits are shared')
      },
    }),
    tokens: seal && createRedisTokenShare(redis, seal, clock),
    state: () => (redis.ready ? 'connected' : 'away'),
    async close() {
      await replicas.close()
      await redis.close()
    },
  }
}

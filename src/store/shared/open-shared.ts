import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Changes } from '../../policy/keys/changes.ts'
import type { LimitStore } from '../../policy/limits/limit-store.ts'
import { createMemoryLimits } from '../../policy/limits/memory.ts'
import { createResilientLimits } from '../../policy/limits/resilient.ts'
import { createLimitShare } from '../../policy/limits/share.ts'
import type { PlaceBook } from '../../policy/pacing/place-book.ts'
import type { Seal } from '../../policy/seats/seal.ts'
import { createLocalChanges, createRedisChanges } from './changes.ts'
import { createHubLink } from './hub-link.ts'
import type { HubPort } from './hub-messages.ts'
import { createRedisLimits } from './redis-limits.ts'
import { createRedisPlaces } from './redis-places.ts'
import { openRedis } from './redis.ts'
import { countReplicas } from './replicas.ts'
import { createTokenShare } from './token-share.ts'
import { createRedisValues, type SharedValues } from './values.ts'

/**
 * What processes share while they run: through Redis; without it, the workers of one machine through the process that started
 * them; a process alone has it in its memory.
 */
export interface Shared {
  readonly limits: LimitStore
  readonly changes: Changes
  readonly tokens: ReturnType<typeof createTokenShare> | undefined
  /** Absent where this process counts for itself. */
  readonly places: PlaceBook | undefined
  readonly values: SharedValues | undefined
  /** How many share a ceiling while what they share is away. */
  sharers(): number
  /** How many gateways divide every ceiling among them, since nothing counts for all of them. */
  readonly divided: number
  state(): 'none' | 'connected' | 'away'
  close(): Promise<void>
}

export interface SharedOptions {
  readonly redisUrl?: string | undefined
  /** To the process that started this worker. */
  readonly hub?: { readonly port: HubPort; readonly workers: number } | undefined
  readonly clock: Clock
  readonly log: Log
  readonly seal?: Seal | undefined
  readonly replicas?: number | undefined
}

export async function openShared(options: SharedOptions): Promise<Shared> {
  const { redisUrl, hub } = options
  if (redisUrl !== undefined) return openThroughRedis(redisUrl, options)
  return hub ? openThroughHub(hub, options) : openAlone(options.replicas ?? 1)
}

function openAlone(replicas: number): Shared {
  return {
    limits: createLimitShare(createMemoryLimits(), replicas),
    changes: createLocalChanges(),
    tokens: undefined,
    places: undefined,
    values: undefined,
    sharers: () => 1,
    divided: replicas,
    state: () => 'none',
    close: () => Promise.resolve(),
  }
}

function openThroughHub(
  { port, workers }: NonNullable<SharedOptions['hub']>,
  { seal, clock, replicas = 1 }: SharedOptions,
): Shared {
  const { limits, places, values, changes } = createHubLink(port)
  return {
    limits: createLimitShare(limits, replicas),
    changes,
    tokens: seal && createTokenShare(values, seal, clock),
    places,
    values,
    sharers: () => workers,
    divided: replicas,
    state: () => 'none',
    close: () => Promise.resolve(),
  }
}

async function openThroughRedis(
  redisUrl: string,
  { clock, log, seal, replicas: configured }: SharedOptions,
): Promise<Shared> {
  const redis = await openRedis(redisUrl)
  if (!redis.ready) {
    log.error(
      'Redis cannot be reached: limits are counted by this process alone, at its share, until it answers',
    )
  }
  const replicas = await countReplicas(redis, clock, configured ?? 1)
  const changes = await createRedisChanges(redis)
  const values = createRedisValues(redis)
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
    tokens: seal && createTokenShare(values, seal, clock),
    places: await createRedisPlaces(redis),
    values,
    sharers: () => replicas.count,
    divided: 1,
    state: () => (redis.ready ? 'connected' : 'away'),
    async close() {
      await replicas.close()
      await redis.close()
    },
  }
}

import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { RedisConnection } from './redis.ts'
import { createScript } from './redis-script.ts'

/** How many processes share the limits: what a share of a limit is while Redis is away. */
export interface Replicas {
  /** As last counted; what the configuration says while nothing was counted yet. */
  readonly count: number
  close(): Promise<void>
}

const BEAT_MS = 5_000
/** Three beats missed. */
const GONE_MS = 15_000
/**
 * The most that were there within this time count: a Redis that came back empty knows one replica after the other, and
 * one that has left may have used its share of a minute.
 */
const REMEMBERED_MS = 90_000
const MEMBERS = '{jetway}:replicas'
const JOINED = '{jetway}:replicas:joined'

/** By the server's own clock, since those of the replicas may differ. */
const BEAT_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`

export async function countReplicas(
  redis: RedisConnection,
  clock: Clock,
  configured: number,
): Promise<Replicas> {
  const own = randomUUID()
  const beat = createScript(redis, BEAT_SCRIPT)
  let counted: readonly { readonly at: number; readonly count: number }[] = []
  let closed = false
  let cancel = (): void => {}

  const countNow = async (): Promise<void> => {
    try {
      const count = Number(await beat([MEMBERS], [own, String(GONE_MS)]))
      const at = clock.monotonic()
      counted = [...counted.filter((old) => at - old.at < REMEMBERED_MS), { at, count }]
    } catch {
      // The last count stands: replicas do not vanish because Redis does.
    }
  }
  const tick = async (): Promise<void> => {
    await countNow()
    if (closed) return
    cancel = clock.setTimer(BEAT_MS, () => void tick())
  }
  // All know at once of one more: Redis may be gone before their next beat. Whoever comes after this one's count is heard,
  // since it listens before it counts.
  const unsubscribe = await redis.subscribe(JOINED, (who) => {
    if (who !== own && !closed) void countNow()
  })
  await tick()
  await redis.command(['PUBLISH', JOINED, own]).catch(() => undefined)

  return {
    get count() {
      return counted.reduce(
        (most, { count }) => Math.max(most, count),
        counted.length > 0 ? 1 : configured,
      )
    },
    async close() {
      closed = true
      cancel()
      // Not waited for: a server that is silent answers it after many seconds, and the connection is closed next.
      unsubscribe().catch(() => undefined)
      await redis.command(['ZREM', MEMBERS, own]).catch(() => undefined)
    },
  }
}

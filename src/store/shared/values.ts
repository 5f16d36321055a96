import type { Clock } from '../../core/clock.ts'
import type { RedisConnection } from './redis.ts'

/** Short-lived values that processes share: exchanged tokens, leases, which target serves a session. */
export interface SharedValues {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, keepMs: number): Promise<void>
  /** `false` while somebody else has it. */
  claim(key: string, value: string, keepMs: number): Promise<boolean>
  /** Only while it is still this value. */
  drop(key: string, value: string): Promise<void>
}

export function createRedisValues(redis: RedisConnection): SharedValues {
  return {
    get: async (key) => ((await redis.command(['GET', key])) as string | null) ?? undefined,
    async set(key, value, keepMs) {
      await redis.command(['SET', key, value, 'PX', String(keepMs)])
    },
    claim: async (key, value, keepMs) =>
      (await redis.command(['SET', key, value, 'NX', 'PX', String(keepMs)])) === 'OK',
    async drop(key, value) {
      await redis.command(['EVAL', DROP, '1', key, value])
    },
  }
}

const DROP = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** Above it the oldest go: what is lost is fetched or agreed on again. */
const MOST_VALUES = 50_000

/** In one process, for the workers of one machine. */
export function createMemoryValues(clock: Clock): SharedValues {
  const values = new Map<string, { readonly value: string; readonly until: number }>()

  const read = (key: string): string | undefined => {
    const found = values.get(key)
    if (found && found.until > clock.monotonic()) return found.value
    values.delete(key)
    return undefined
  }
  const write = (key: string, value: string, keepMs: number): void => {
    values.delete(key)
    const [oldest] = values.keys()
    if (values.size >= MOST_VALUES && oldest !== undefined) values.delete(oldest)
    values.set(key, { value, until: clock.monotonic() + keepMs })
  }

  return {
    get: (key) => Promise.resolve(read(key)),
    set(key, value, keepMs) {
      write(key, value, keepMs)
      return Promise.resolve()
    },
    claim(key, value, keepMs) {
      if (read(key) !== undefined) return Promise.resolve(false)
      write(key, value, keepMs)
      return Promise.resolve(true)
    },
    drop(key, value) {
      if (read(key) === value) values.delete(key)
      return Promise.resolve()
    },
  }
}

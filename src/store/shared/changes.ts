import type { Changes } from '../../policy/keys/changes.ts'
import type { RedisConnection } from './redis.ts'

const CHANNEL = '{jetway}:changes'

/** Within this process; others notice by the age of what they remember (a second). */
export function createLocalChanges(): Changes {
  const listeners: (() => void)[] = []
  return {
    announce: () => {
      for (const listener of listeners) listener()
    },
    onChange: (listener) => {
      listeners.push(listener)
    },
  }
}

/** Over all replicas, at once; the age of what they remember is the safety net when a message is lost. */
export async function createRedisChanges(redis: RedisConnection): Promise<Changes> {
  const local = createLocalChanges()
  await redis.subscribe(CHANNEL, () => {
    local.announce()
  })
  return {
    announce: () => {
      local.announce()
      redis.command(['PUBLISH', CHANNEL, '']).catch(() => undefined)
    },
    onChange: (listener) => {
      local.onChange(listener)
    },
  }
}

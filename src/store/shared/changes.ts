import type { RedisConnection } from './redis.ts'

/** Tells every process that keys, users, teams or seats have changed, so that nobody goes on with what was revoked. */
export interface Changes {
  announce(): void
  onChange(listener: () => void): void
}

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

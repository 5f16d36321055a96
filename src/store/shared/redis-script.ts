import { createHash } from 'node:crypto'
import type { RedisConnection } from './redis.ts'

/** Calls a script by its hash, and sends its text only to a server that does not know it yet. */
export function createScript(
  redis: RedisConnection,
  text: string,
): (keys: readonly string[], values: readonly string[]) => Promise<unknown> {
  const hash = createHash('sha1').update(text).digest('hex')
  return async (keys, values) => {
    const rest = [String(keys.length), ...keys, ...values]
    try {
      return await redis.command(['EVALSHA', hash, ...rest])
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return redis.command(['EVAL', text, ...rest])
    }
  }
}

import { LEASE_MS, type PlaceBook } from '../../policy/pacing/place-book.ts'
import { GIVE_PLACE_SCRIPT, RENEW_PLACES_SCRIPT, TAKE_PLACE_SCRIPT } from './place-script.ts'
import type { RedisConnection } from './redis.ts'
import { createScript } from './redis-script.ts'

const FREE = '{jetway}:places:free'
const WANTED = '{jetway}:places:wanted'
/** One script holds up all others as long as it runs. */
const MOST_AT_ONCE = 500

/** The places of each seat over all replicas. */
export async function createRedisPlaces(redis: RedisConnection): Promise<PlaceBook> {
  const take = createScript(redis, TAKE_PLACE_SCRIPT)
  const give = createScript(redis, GIVE_PLACE_SCRIPT)
  const renew = createScript(redis, RENEW_PLACES_SCRIPT)
  const onFree: ((seat: string) => void)[] = []
  const onWanted: ((seat: string) => void)[] = []
  await redis.subscribe(FREE, (seat) => {
    for (const listener of onFree) listener(seat)
  })
  await redis.subscribe(WANTED, (seat) => {
    for (const listener of onWanted) listener(seat)
  })

  return {
    async take({ seat, placeId, parallel, gapMs }) {
      const answer = (await take(
        [placesOf(seat), nextOf(seat), waitingOf(seat)],
        [placeId, String(parallel), String(Math.ceil(gapMs)), String(LEASE_MS)],
      )) as readonly number[]
      if (answer[0] === 1) return { granted: true }
      const waitMs = answer[1] ?? -1
      if (waitMs >= 0) return { granted: false, waitMs }
      await redis.command(['PUBLISH', WANTED, seat])
      return { granted: false }
    },
    async give(seat, placeId) {
      const awaited = await give([placesOf(seat), waitingOf(seat)], [placeId])
      if (awaited === 1) await redis.command(['PUBLISH', FREE, seat])
    },
    async renew(held) {
      for (let at = 0; at < held.length; at += MOST_AT_ONCE) {
        const some = held.slice(at, at + MOST_AT_ONCE)
        await renew(
          some.map(({ seat }) => placesOf(seat)),
          [String(LEASE_MS), ...some.map(({ placeId }) => placeId)],
        )
      }
      // Also without any place: whoever was told that the server is away hears here whether it still is.
      if (held.length === 0) await redis.command(['PING'])
    },
    onFree: (listener) => void onFree.push(listener),
    onWanted: (listener) => void onWanted.push(listener),
  }
}

/** One hash tag for all, so that a cluster keeps them on one node and a script may touch several. */
const placesOf = (seat: string): string => `{jetway}:places:of:${seat}`
const nextOf = (seat: string): string => `{jetway}:places:next:${seat}`
const waitingOf = (seat: string): string => `{jetway}:places:waiting:${seat}`

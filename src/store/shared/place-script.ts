/**
 * The Lua form of `policy/pacing/memory-places.ts`, by the server's own clock, since those of the replicas may differ.
 *
 * KEYS: places (sorted set: place id → end of its lease), when the next may be taken, whether somebody asked in vain.
 * ARGV: place id, places of the seat, gap, lease. Answer: 1 when granted, else 0; then the wait, -1 where nobody knows.
 */
export const TAKE_PLACE_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local parallel, gap, lease = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if gap > 0 then
  local after = tonumber(redis.call('GET', KEYS[2]) or '0')
  if after > now then return { 0, after - now } end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= parallel then
  redis.call('SET', KEYS[3], '1', 'PX', 2000)
  return { 0, -1 }
end
redis.call('ZADD', KEYS[1], now + lease, ARGV[1])
redis.call('PEXPIRE', KEYS[1], lease + 1000)
if gap > 0 then redis.call('SET', KEYS[2], now + gap, 'PX', gap) end
return { 1, 0 }
`

/** KEYS: places, whether somebody asked in vain. ARGV: place id. Answer: 1 when somebody waits for it. */
export const GIVE_PLACE_SCRIPT = `
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
return redis.call('DEL', KEYS[2])
`

/** KEYS: the places of each seat. ARGV: lease; then for each key a place id. */
export const RENEW_PLACES_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[1])
for i = 1, #KEYS do
  redis.call('ZADD', KEYS[i], now + lease, ARGV[i + 1])
  redis.call('PEXPIRE', KEYS[i], lease + 1000)
end
return #KEYS
`

/**
 * The Lua form of `policy/limits/memory.ts`, run by Redis or Valkey: every limit of a call is checked and counted in one
 * round trip, and no other call can come between.
 *
 * KEYS: three for each demand: requests, tokens (hashes: bucket → count), running (sorted set: call id → free at).
 * ARGV: now, bucket width, buckets, call id, estimated tokens, deadline; then for each demand the three limits, -1 for none.
 * Answer: index of the refusing demand (0 for none), kind, used, retry after; then for each demand used requests, their
 * reset, used tokens, their reset, running calls.
 */
export const TAKE_SCRIPT = `
local now, width, buckets = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local call, tokens, deadline = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local current = math.floor(now / width)
local oldest = current - buckets
local count = #KEYS / 3

local function window(key)
  local found, sum, list = redis.call('HGETALL', key), 0, {}
  for i = 1, #found, 2 do
    local bucket = tonumber(found[i])
    if bucket < oldest then
      redis.call('HDEL', key, found[i])
    else
      sum = sum + tonumber(found[i + 1])
      list[#list + 1] = { bucket, tonumber(found[i + 1]) }
    end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return sum, list
end

local function freein(list, amount)
  if amount <= 0 then return 0 end
  local freed = 0
  for _, entry in ipairs(list) do
    freed = freed + entry[2]
    if freed >= amount then return math.max(1, (entry[1] + buckets + 1) * width - now) end
  end
  return (buckets + 1) * width
end

local refused, kind, refusedUsed, retry = 0, '', 0, 0
for i = 1, count do
  local base, argument = (i - 1) * 3, 6 + (i - 1) * 3
  local requestLimit, tokenLimit, parallel = tonumber(ARGV[argument + 1]), tonumber(ARGV[argument + 2]), tonumber(ARGV[argument + 3])
  if refused == 0 and requestLimit >= 0 then
    local used, list = window(KEYS[base + 1])
    local after = used + math.min(1, requestLimit)
    if after > requestLimit then refused, kind, refusedUsed, retry = i, 'requests', used, freein(list, after - requestLimit) end
  end
  if refused == 0 and tokenLimit >= 0 then
    local used, list = window(KEYS[base + 2])
    local after = used + math.min(tokens, tokenLimit)
    if after > tokenLimit then refused, kind, refusedUsed, retry = i, 'tokens', used, freein(list, after - tokenLimit) end
  end
  if refused == 0 and parallel >= 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[base + 3], '-inf', now)
    local running = redis.call('ZCARD', KEYS[base + 3])
    if running >= parallel then refused, kind, refusedUsed, retry = i, 'parallel', running, 1000 end
  end
end

local answer = { refused, kind, refusedUsed, retry }
for i = 1, count do
  local base, argument = (i - 1) * 3, 6 + (i - 1) * 3
  local requestLimit, tokenLimit, parallel = tonumber(ARGV[argument + 1]), tonumber(ARGV[argument + 2]), tonumber(ARGV[argument + 3])
  if refused == 0 then
    if requestLimit >= 0 then
      redis.call('HINCRBY', KEYS[base + 1], current, 1)
      redis.call('PEXPIRE', KEYS[base + 1], (buckets + 2) * width)
    end
    if tokenLimit >= 0 then
      redis.call('HINCRBY', KEYS[base + 2], current, tokens)
      redis.call('PEXPIRE', KEYS[base + 2], (buckets + 2) * width)
    end
    if parallel >= 0 then
      redis.call('ZADD', KEYS[base + 3], deadline, call)
      redis.call('PEXPIRE', KEYS[base + 3], deadline - now + 1000, 'NX')
      redis.call('PEXPIRE', KEYS[base + 3], deadline - now + 1000, 'GT')
    end
  end
  local requestsUsed, requestList = 0, {}
  if requestLimit >= 0 then requestsUsed, requestList = window(KEYS[base + 1]) end
  local tokensUsed, tokenList = 0, {}
  if tokenLimit >= 0 then tokensUsed, tokenList = window(KEYS[base + 2]) end
  answer[#answer + 1] = requestsUsed
  answer[#answer + 1] = freein(requestList, requestsUsed)
  answer[#answer + 1] = tokensUsed
  answer[#answer + 1] = freein(tokenList, tokensUsed)
  local running = 0
  if parallel >= 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[base + 3], '-inf', now)
    running = redis.call('ZCARD', KEYS[base + 3])
  end
  answer[#answer + 1] = running
end
return answer
`

/**
 * KEYS as above. ARGV: call id, bucket of the take, difference of tokens; then for each demand 1 where it counts tokens.
 * A bucket that has left the window is not made again.
 */
export const SETTLE_SCRIPT = `
local difference = tonumber(ARGV[3])
for i = 1, #KEYS / 3 do
  local base = (i - 1) * 3
  redis.call('ZREM', KEYS[base + 3], ARGV[1])
  if ARGV[3 + i] == '1' then
    local before = redis.call('HGET', KEYS[base + 2], ARGV[2])
    if before then redis.call('HSET', KEYS[base + 2], ARGV[2], math.max(0, tonumber(before) + difference)) end
  end
end
return 1
`

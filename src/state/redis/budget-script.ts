/**
 * The rules of `fair-budget.ts`, run by Redis as one step, so that replicas cannot take the same request twice.
 *
 * KEYS: 1 the requests taken (a sorted set by time: "ID PERSON"), 2 their number by person, 3 when people were refused, 4
 * the end of the block, 5 a name that is new whenever the records were lost.
 * ARGV: 1 what to do, 2 the time in ms ("" for that of Redis), 3 requests a minute, 4 the person, 5 an id for the request,
 * 6 length of the block in ms, 7 the known name of the records ("" to take any), and for a report, pairs of a member of 1
 * and its age in ms.
 * @returns the wait in ms, -1 if the name of the records differs; the number of requests taken; the name.
 */
export const budgetScript = `
local taken, counts, refused, block, name = unpack(KEYS)
local action, person, window = ARGV[1], ARGV[4], 60000
local limit = tonumber(ARGV[3])
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

redis.call('SET', name, ARGV[5], 'NX')
local records = redis.call('GET', name)
if action ~= 'report' and ARGV[7] ~= '' and ARGV[7] ~= records then return {-1, 0, records} end

local function count_of(one) return tonumber(redis.call('HGET', counts, one) or '0') end
local function forget(from, to)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', taken, from, to)) do
    local one = string.match(member, ' (.*)$')
    if redis.call('HINCRBY', counts, one, -1) <= 0 then redis.call('HDEL', counts, one) end
  end
  redis.call('ZREMRANGEBYSCORE', taken, from, to)
end
local function add(member, time)
  if redis.call('ZADD', taken, 'NX', time, member) == 1 then
    redis.call('HINCRBY', counts, string.match(member, ' (.*)$'), 1)
  end
end
forget('-inf', now - window)
redis.call('ZREMRANGEBYSCORE', refused, '-inf', now - 90000)
-- Times in the future: the clock was set back. They would count for longer than a minute.
forget(now + 1000, '+inf')
redis.call('ZREMRANGEBYSCORE', refused, now + 1000, '+inf')
local total = redis.call('ZCARD', taken)

local function allows()
  local left = limit - total
  if left <= 0 then return false end
  local own = count_of(person)
  if own == 0 then return true end
  local spare = math.floor(limit / 20)
  local number = redis.call('HLEN', counts)
  local people = {}
  local waiting = {}
  for _, one in ipairs(redis.call('ZRANGE', refused, 0, -1)) do
    waiting[one] = true
    if redis.call('HEXISTS', counts, one) == 0 then
      people[one] = 0
      number = number + 1
    end
  end
  local share = math.max(1, math.floor((limit - spare) / number))
  -- The usual case does not look at everybody: there may be a thousand.
  if own < share then return true end
  local entries = redis.call('HGETALL', counts)
  for i = 1, #entries, 2 do people[entries[i]] = tonumber(entries[i + 1]) end
  local reserved = spare
  for one, count in pairs(people) do
    if one ~= person then
      local wanted = waiting[one] and share or math.min(share, 2 * count)
      reserved = reserved + math.max(0, wanted - count)
    end
  end
  return left > reserved
end

if action == 'report' then
  for i = 8, #ARGV, 2 do add(ARGV[i], now - tonumber(ARGV[i + 1])) end
elseif action == 'block' then
  local ends = now + tonumber(ARGV[6])
  if ends > tonumber(redis.call('GET', block) or '0') then redis.call('SET', block, ends) end
end
local blocked = math.min(tonumber(redis.call('GET', block) or '0'), now + 3600000)
local ends = blocked
if (action == 'take' or action == 'wait') and not allows() then
  local oldest = redis.call('ZRANGE', taken, 0, 0, 'WITHSCORES')
  ends = math.max(ends, tonumber(oldest[2]) + window)
end
local wait = math.max(0, math.ceil(ends - now))
if action == 'take' then
  if wait == 0 then
    add(ARGV[5] .. ' ' .. person, now)
    total = total + 1
  elseif now >= blocked then
    redis.call('ZADD', refused, now, person)
  end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, 3600000) end
return {wait, total, records}
`;

/**
 * Says that a replica is there. KEYS: 1 the replicas (a sorted set by time). ARGV: 1 the replica, 2 the time in ms ("" for
 * that of Redis), 3 for how long it counts, in ms.
 * @returns how many there are.
 */
export const presenceScript = `
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + 1000, '+inf')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('ZCARD', KEYS[1])
`;

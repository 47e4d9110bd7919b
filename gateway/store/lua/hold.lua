-- Puts something into an account's quarantine, within its bounds. What is there already stays as it is, under the newer reason.
-- KEYS 1 held 2 due 3 about 4 bytes (one hash tag)
-- ARGV 1 key 2 content, sealed 3 reason 4 held at 5 due at 6 entries at most 7 bytes at most      answers 1 held, 0 known, -1 full
local about = redis.call('HGET', KEYS[3], ARGV[1])
if about then
  redis.call('HSET', KEYS[3], ARGV[1], string.match(about, '^[^\n]*\n') .. ARGV[3])
  redis.call('ZADD', KEYS[2], 'XX', 'LT', ARGV[5], ARGV[1])
  return 0
end
local bytes = tonumber(redis.call('GET', KEYS[4]) or '0') + #ARGV[2]
if redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[6]) or bytes > tonumber(ARGV[7]) then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[4] .. ' 0 ' .. #ARGV[2] .. '\n' .. ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
redis.call('SET', KEYS[4], string.format('%.0f', bytes))
return 1

-- Something leaves quarantine: it was applied, or is given up.
-- KEYS 1 held 2 due 3 about 4 bytes (one hash tag)   ARGV 1 key      answers 1 when it was there
local bytes = tonumber(redis.call('GET', KEYS[4]) or '0') - redis.call('HSTRLEN', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
local there = redis.call('HDEL', KEYS[3], ARGV[1])
if bytes > 0 then redis.call('SET', KEYS[4], string.format('%.0f', bytes)) else redis.call('DEL', KEYS[4]) end
return there

-- A sample of a campaign's engagement. Of an hour the newest holds, of equal moments the higher text, so that the order does not matter.
-- KEYS 1 engagement   ARGV 1 hour since 1970 2 microseconds 3 counters, as 'reposts comments likes' with - for one that was not told
local old = redis.call('HGET', KEYS[1], ARGV[1])
local at, counters = string.match(old or '-1 ', '^(%S+) (.*)$')
if tonumber(ARGV[2]) < tonumber(at) or ARGV[2] == at and ARGV[3] <= counters then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
return 1

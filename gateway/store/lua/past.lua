-- What is kept of a campaign's past, at one moment.
-- KEYS 1 total, then tables of buckets (one hash tag)   answers basis currency raised refunded count first, then each table as it lies
local answer = {redis.call('HMGET', KEYS[1], 'basis', 'currency', 'raised', 'refunded', 'count', 'first')}
for i = 2, #KEYS do answer[i] = redis.call('HGETALL', KEYS[i]) end
return answer

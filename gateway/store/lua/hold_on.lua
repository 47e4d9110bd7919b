-- Something in quarantine was tried, and stays. What was released meanwhile does not come back.
-- KEYS 1 about 2 due (one hash tag)   ARGV 1 key 2 what is known of it 3 due at      answers 1 when it is still there
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return 1

-- Something is kept in a table, and every process is told behind it: in one script, as in a cluster messages go other ways than writes.
-- KEYS 1 the table   ARGV 1 message, then field and value in turn
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PUBLISH', 'changes', ARGV[1])
return 1

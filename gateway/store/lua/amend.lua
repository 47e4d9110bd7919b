-- A donation's face is replaced (erasure): no sum moves, and followers of the feed are told. Only the face that was read is replaced.
-- KEYS 1 total 2 log 3 faces (one hash tag)   ARGV 1 entity 2 face 3 now 4 campaign 5 the face that it replaces
local old = redis.call('HGET', KEYS[3], ARGV[1])
local head = redis.call('HMGET', KEYS[1], 'raised', 'refunded', 'count', 'position', 'sources', 'donors', 'at')
if old ~= ARGV[5] or old == ARGV[2] then return {0, head[4] or '0-0'} end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
local a, b, n = head[1] or '', head[2] or '', head[3] or ''
local position = redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'e', ARGV[1], 'k', 'changed', 'a', a, 'n', n)
redis.call('HSET', KEYS[1], 'position', position)
local since = head[7] or ARGV[3]                          -- when the total last moved: this moves none
local shown = string.match(ARGV[2], '^[^\n]*')
redis.call('PUBLISH', 'changes', table.concat({'total', ARGV[4], position, a, b, n, since, head[5] or '0', head[6] or '', 'changed', ARGV[1] .. shown}, '\n'))
return {1, position}

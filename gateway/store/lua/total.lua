-- What a network says a REPORTED campaign has raised, in all, at one moment. Newest wins; an older one still fills its place in history.
-- KEYS 1 total 2 log 3 minutes 4 hours 5 days (one hash tag)
-- ARGV 1 version (microseconds) 2 raised 3 count|'' 4 donors|'' 5 currency 6 source bit 7 now 8 zone, as 'since offset ...' 9 campaign
--      10 when it was stated
local version, raised, now, offset = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[7]), 0
if not string.find(ARGV[2], '^%d+$') or raised > 9e15 then return redis.error_reply('BADAMOUNT') end
local head = redis.call('HMGET', KEYS[1], 'basis', 'currency', 'version', 'raised', 'count', 'donors', 'sources', 'position', 'first')
if not head[1] then return redis.error_reply('NOCAMPAIGN') elseif head[1] ~= 'REPORTED' then return redis.error_reply('BASIS') end
if head[2] ~= ARGV[5] then return redis.error_reply('CURRENCY') end
local here, t = head[8] or '0-0', math.floor(version / 1e6)
if version == tonumber(head[3] or '-1') and ARGV[2] ~= head[4] then return {-1, here} end   -- the same report with another amount
local report = string.format('%.0f %s %s', version, ARGV[2], ARGV[3] ~= '' and ARGV[3] or '-')
local function dated(text) return tonumber(string.match(text, '^%S+')) end
local function sample(key, bucket)                        -- a bucket holds the newest report made within it, whenever that one arrives
  bucket = string.format('%.0f', bucket)
  local old = redis.call('HGET', key, bucket)
  if not old or dated(old) < version then redis.call('HSET', key, bucket, report) end
end
for since, seconds in string.gmatch(ARGV[8], '(%S+) (%S+)') do if tonumber(since) <= t then offset = tonumber(seconds) end end
if t > now - 176400 then sample(KEYS[3], math.floor(t / 60)) end       -- an hour and two days more than are answered from: the newest report
if t > now - 34732800 then sample(KEYS[4], math.floor(t / 3600)) end   -- before the first minute is in the minutes, or is the newest of its hour
sample(KEYS[5], math.floor((t + offset) / 86400))
if not head[9] or version < dated(head[9]) then redis.call('HSET', KEYS[1], 'first', report) end   -- the oldest: its bucket may hold newer ones only
if version <= tonumber(head[3] or '-1') then return {0, here} end
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', version))
local n, m = ARGV[3] ~= '' and ARGV[3] or head[5] or '', ARGV[4] ~= '' and ARGV[4] or head[6] or ''
if ARGV[2] == head[4] and n == (head[5] or '') and m == (head[6] or '') then return {2, here} end   -- confirmed, and no news for anybody
local from = string.format('%.0f', bit.bor(tonumber(head[7] or '0'), tonumber(ARGV[6])))
local position = redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'e', '', 'k', '', 'a', ARGV[2], 'n', n)
redis.call('HSET', KEYS[1], 'raised', ARGV[2], 'count', n, 'donors', m, 'sources', from, 'position', position, 'at', ARGV[10])
redis.call('PUBLISH', 'changes', table.concat({'total', ARGV[9], position, ARGV[2], '', n, ARGV[10], from, m, '', ''}, '\n'))
return {1, position}

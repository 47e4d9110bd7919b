-- What a network says a REPORTED campaign has raised, in all, at one moment. Newest wins; an older one still fills its place in history.
-- A fall of more than a fifth is not believed before three reports in a row agree; what is not believed is neither total nor history. That
-- is judged in the order of versions over the newest reports, so that it is free of the order in which they come. Every check is before the
-- first write.
-- KEYS 1 total 2 log 3 minutes 4 hours 5 days 6 the newest reports (one hash tag)
-- ARGV 1 version (microseconds) 2 raised 3 count|'' 4 donors|'' 5 currency 6 source bit 7 now 8 zone, as 'since offset ...' 9 campaign
--      10 when it was stated 11 '1' where a person vouches for it, who is believed at once 12 how many of the newest reports are kept
local V, R, N, M, S, B = 1, 2, 3, 4, 5, 6                 -- version raised count donors, whether vouched for, whether believed
local version, raised, now, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[7]), tonumber(ARGV[12])
if not string.find(ARGV[2], '^%d+$') or raised > 9e15 then return redis.error_reply('BADAMOUNT') end
local head = redis.call('HMGET', KEYS[1], 'basis', 'currency', 'raised', 'count', 'donors', 'sources', 'position', 'first', 'doubt')
if not head[1] then return redis.error_reply('NOCAMPAIGN') elseif head[1] ~= 'REPORTED' then return redis.error_reply('BASIS') end
if head[2] ~= ARGV[5] then return redis.error_reply('CURRENCY') end
redis.call('XLEN', KEYS[2]) for i = 3, 5 do redis.call('HLEN', KEYS[i]) end           -- a key of another type ends it here
local kept = redis.call('GET', KEYS[6])
local here, list, zone, place = head[7] or '0-0', kept and cmsgpack.unpack(kept) or {}, {}, 1   -- list: oldest first, and that one is believed
for since, seconds in string.gmatch(ARGV[8], '(%S+) (%S+)') do zone[#zone + 1] = {tonumber(since), tonumber(seconds)} end
for i, x in ipairs(list) do
  if x[V] == version then return {x[R] == raised and 0 or -1, here} end   -- known; or the same report with another amount
  if x[V] < version then place = i + 1 end
end
local function int(x) return string.format('%.0f', x) end
local function numbers(x)                                 -- of the buckets in which it lies, false where there is none any more
  local t, offset = math.floor(x[V] / 1e6), 0
  for _, y in ipairs(zone) do if y[1] <= t then offset = y[2] end end
  -- an hour and two days more than are answered from: the newest report before the first minute is in the minutes, or is the newest of its hour
  return {t > now - 176400 and math.floor(t / 60), t > now - 34732800 and math.floor(t / 3600), math.floor((t + offset) / 86400)}
end
local function report(x) return int(x[V]) .. ' ' .. int(x[R]) .. ' ' .. (x[N] ~= '' and x[N] or '-') end
local function dated(text) return tonumber(string.match(text, '^%S+') or '') or -1 end
local new = {version, raised, ARGV[3], ARGV[4], ARGV[11] == '1'}
if not head[8] or version < dated(head[8]) then redis.call('HSET', KEYS[1], 'first', report(new)) end   -- its bucket may hold newer ones only
if place == 1 and #list >= most then                      -- older than all that are kept: it is not judged any more
  for i, n in ipairs(numbers(new)) do
    local old = n and redis.call('HGET', KEYS[i + 2], int(n))
    if n and (not old or dated(old) < version) then redis.call('HSET', KEYS[i + 2], int(n), report(new)) end
  end
  return {0, here}
end
table.insert(list, place, new)
local function agree(i)                                   -- with the two before: none is believed, as this one is too far below those that are
  local a, b, c = list[i - 2][R], list[i - 1][R], list[i][R]
  local high, low = math.max(a, b, c), math.min(a, b, c)
  return high - low <= math.floor(high / 5)
end
local held, judged = list[1], {}
for i, x in ipairs(list) do
  local believed = i == 1 or x[S] or held[R] - x[R] <= math.floor(held[R] / 5) or i > 2 and agree(i)
  if believed then held = x end
  if believed ~= (x[B] or false) then judged[#judged + 1] = x end
  x[B] = believed
end
for _, x in ipairs(judged) do
  for i, n in ipairs(numbers(x)) do                       -- a bucket holds the newest report within it that is believed, whenever that one arrives
    local newest, y = nil, #list
    while n and not newest and y > 0 do
      if list[y][B] and numbers(list[y])[i] == n then newest = list[y] end
      y = y - 1
    end
    if newest then redis.call('HSET', KEYS[i + 2], int(n), report(newest)) elseif n then redis.call('HDEL', KEYS[i + 2], int(n)) end
  end
end
local last, doubt = list[#list], held ~= list[#list] and int(held[V]) or ''
if #list > most then table.remove(list, list[2][B] and 1 or 2) end      -- what is held stays, however long it is doubted
redis.call('SET', KEYS[6], cmsgpack.pack(list))
redis.call('HSET', KEYS[1], 'doubt', doubt)
if doubt ~= (head[9] or '') then redis.call('PUBLISH', 'changes', table.concat({'doubt', ARGV[9], doubt}, '\n')) end
local n, m = held[N] ~= '' and held[N] or head[4] or '', held[M] ~= '' and held[M] or head[5] or ''
local moved = int(held[R]) ~= head[3] or n ~= (head[4] or '') or m ~= (head[5] or '')
if moved then
  local from = int(bit.bor(tonumber(head[6] or '0'), tonumber(ARGV[6])))
  here = redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'e', '', 'k', '', 'a', int(held[R]), 'n', n)
  redis.call('HSET', KEYS[1], 'raised', int(held[R]), 'count', n, 'donors', m, 'sources', from, 'position', here, 'at', ARGV[10])
  redis.call('PUBLISH', 'changes', table.concat({'total', ARGV[9], here, int(held[R]), '', n, ARGV[10], from, m, '', ''}, '\n'))
end
if doubt ~= '' then return {last == new and 3 or moved and 1 or 0, here} end      -- a fall that is not believed yet
if (head[9] or '') ~= '' then return {4, here} end       -- the doubt is over
return {moved and 1 or last == new and 2 or 0, here}      -- news; or confirmed, and no news for anybody; or older, and history only

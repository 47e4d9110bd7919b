-- One fact about one donation: its own state, or one refund of it. Absolute, idempotent, free of order; every check comes before the first write.
-- KEYS 1 records 2 total 3 log 4 minutes 5 hours 6 days 7 endorsers 8 feed 9 faces (one hash tag)
-- ARGV 1 entity (16 bytes) 2 refund|'' 3 version 4 rank 5 amount 6 currency 7 at 8 refunded so far 9 refunded at 10 endorser|'' 11 face|''
--      12 source bit 13 now 14 zone, as 'since offset ...' 15 faces kept 16 campaign      times in seconds, amounts in minor units
local V, K, A, T, F, G, E, S, R = 1, 2, 3, 4, 5, 6, 7, 8, 9  -- version rank amount time, refunded so far and when, endorser, source, refunds
local entity, refund, version, rank, amount, at = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[7])
local back, source, now = tonumber(ARGV[8]), tonumber(ARGV[12]), tonumber(ARGV[13])
local function int(x) return string.format('%.0f', x) end
for _, x in ipairs({ARGV[3], ARGV[5], ARGV[8]}) do              -- tonumber alone would take 0x10 and 1e3
  if not string.find(x, '^%d+$') then return redis.error_reply('BADAMOUNT') end
end
if amount > 1e12 or back > 1e12 or version > 9e15 then return redis.error_reply('BADAMOUNT') end
local head = redis.call('HMGET', KEYS[2], 'basis', 'currency', 'raised', 'refunded', 'count', 'sources', 'position', 'donors')
local counted, here = head[1] == 'COUNTED', head[7] or '0-0'   -- a REPORTED campaign keeps the record and the feed, never a sum
if not head[1] then return redis.error_reply('NOCAMPAIGN') end
if counted and head[2] ~= ARGV[6] then return redis.error_reply('CURRENCY') end
local raw = redis.call('HGET', KEYS[1], entity)
local r = raw and cmsgpack.unpack(raw) or {-1, 0, 0, at, 0, 0, '', 0, {}}
local function book(x)                                   -- net, count, and the same as entries {time, net, refunded, count}
  if x[K] ~= 2 then return 0, 0, {} end
  local single, list, left, entries = 0, {}, x[A], {}
  for id, y in pairs(x[R]) do if y[K] == 2 then single = single + y[A]; list[#list + 1] = {y[T], id, y[A]} end end
  if x[F] > single then list[#list + 1] = {x[G], '', x[F] - single} end   -- the larger of the running sum and the single refunds
  table.sort(list, function(p, q) if p[1] ~= q[1] then return p[1] < q[1] end return p[2] < q[2] end)
  for _, y in ipairs(list) do
    local take = math.min(y[3], left)
    if take > 0 then left = left - take; entries[#entries + 1] = {y[1], -take, take, 0} end
  end
  local n = left > 0 and 1 or 0
  entries[#entries + 1] = {x[T], x[A], 0, n}
  return left, n, entries
end
local was, wasn, old = book(r)
local gross, star, wask = r[K] == 2 and r[A] or 0, r[E], r[K]
local o = r
if refund ~= '' then o = r[R][refund] or {-1, 0, 0, at}; r[R][refund] = o end
if version < o[V] or version == o[V] and (rank < o[K] or rank == o[K] and (amount ~= o[A] or at >= o[T])) then
  local clash = version == o[V] and rank == o[K] and amount ~= o[A]
  return {clash and -1 or 0, here}                       -- the same state with another amount; or stale, or known
end
o[V], o[K], o[A], o[T] = version, rank, amount, at        -- of two times for one state the earlier stands
if refund == '' then
  r[F], r[G], r[E] = back, tonumber(ARGV[9]), ARGV[10]
  if r[S] == 0 then r[S] = source end
end
local is, isn, new = book(r)
local raised, refunded, count = tonumber(head[3] or '') or 0, tonumber(head[4] or '') or 0, tonumber(head[5] or '') or 0
if counted then
  raised, count = raised + is - was, count + isn - wasn
  refunded = refunded + (r[K] == 2 and r[A] or 0) - is - (gross - was)
  if raised > 9e15 or raised < 0 then return redis.error_reply('TOTALRANGE') end
end
local sums = {}                                           -- what buckets and endorsers become; one that cannot be read ends it here
if counted then
  local diff = {}
  for sign, list in pairs({[-1] = old, [1] = new}) do
    for _, p in ipairs(list) do
      local d = diff[p[1]] or {0, 0, 0}
      diff[p[1]] = {d[1] + sign * p[2], d[2] + sign * p[3], d[3] + sign * p[4]}
    end
  end
  local function bump(key, name, d)
    sums[key] = sums[key] or {}
    local a, b, n = string.match(sums[key][name] or redis.call('HGET', key, name) or '0 0 0', '^(%S+) (%S+) (%S+)$')
    sums[key][name] = int(a + d[1]) .. ' ' .. int(b + d[2]) .. ' ' .. int(n + d[3])
  end
  for t, d in pairs(diff) do
    if d[1] ~= 0 or d[2] ~= 0 or d[3] ~= 0 then
      local offset = 0
      for since, seconds in string.gmatch(ARGV[14], '(%S+) (%S+)') do if tonumber(since) <= t then offset = tonumber(seconds) end end
      if t > now - 172800 then bump(KEYS[4], int(math.floor(t / 60)), d) end
      if t > now - 34560000 then bump(KEYS[5], int(math.floor(t / 3600)), d) end
      bump(KEYS[6], int(math.floor((t + offset) / 86400)), d)
    end
  end
  for who, d in pairs(star == r[E] and {[star] = {is - was, 0, isn - wasn}} or {[star] = {-was, 0, -wasn}, [r[E]] = {is, 0, isn}}) do
    if who ~= '' and (d[1] ~= 0 or d[3] ~= 0) then bump(KEYS[7], who, d) end
  end
end
local a, b, n, from = head[3] or '', head[4] or '', head[5] or '', head[6] or '0'   -- REPORTED: as the network last said, blank while it said nothing
if counted then a, b, n, from = int(raised), int(refunded), int(count), int(bit.bor(tonumber(from), source)) end
redis.call('XLEN', KEYS[3]) redis.call('ZCARD', KEYS[8]) redis.call('HLEN', KEYS[9])   -- as does a key of another type
redis.call('HSET', KEYS[1], entity, cmsgpack.pack(r))     -- the first write; every check is above
for key, fields in pairs(sums) do
  for name, value in pairs(fields) do redis.call('HSET', key, name, value) end
end
local moved, kind, face = counted and (is ~= was or refunded ~= (tonumber(head[4] or '') or 0)), '', ''
if r[K] == 2 and wask ~= 2 then kind = now - r[T] <= 3600 and 'received' or 'late' elseif wask == 2 and moved then kind = 'changed' end
if ARGV[11] ~= '' and (r[K] == 2 or wask == 2) and r[T] >= now - 34560000 then
  local known = redis.call('HGET', KEYS[9], entity) or ''
  if known ~= ARGV[11] then
    local shown = string.match(ARGV[11], '^[^\n]*')        -- behind the line is the donor's key, which is news for nobody
    if shown ~= string.match(known, '^[^\n]*') then face, kind = shown, kind ~= '' and kind or 'changed' end
    redis.call('HSET', KEYS[9], entity, ARGV[11])
  end
  redis.call('ZADD', KEYS[8], r[T], entity)
  if redis.call('ZCARD', KEYS[8]) > tonumber(ARGV[15]) then redis.call('HDEL', KEYS[9], redis.call('ZPOPMIN', KEYS[8])[1]) end
end
if not moved and kind == '' then return {2, here} end     -- kept, and no news for anybody
local position = redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'e', entity, 'k', kind, 'a', a, 'n', n)
redis.call('HSET', KEYS[2], 'position', position)
if counted then
  redis.call('HSET', KEYS[2], 'raised', a, 'refunded', b, 'count', n, 'sources', from, 'at', ARGV[13])
end
redis.call('PUBLISH', 'changes', table.concat({'total', ARGV[16], position, a, b, n, ARGV[13], from, head[8] or '', kind, entity .. face}, '\n'))
return {1, position}

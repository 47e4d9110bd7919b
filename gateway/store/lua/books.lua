-- What a campaign's sums are at one moment, with records of that moment: all of them where they are few, else those that changed
-- since a position, so that what was read of the others since then still holds. Writes nothing.
-- KEYS 1 total 2 log 3 minutes 4 hours 5 days 6 endorsers 7-70 records (one hash tag)
-- ARGV 1 'all', or a position, which may be blank where there was none 2 records at most 3 first minute 4 first hour
-- answers 1 whether that is all, else ask again from 2 on (blank where the position is proven no more, or they are many) 2 position
--         3 records, as entity and record in turn, then if that is all 4 basis raised refunded count 5 days 6 hours 7 minutes 8 endorsers
local since, most, records = ARGV[1], tonumber(ARGV[2]), {}
local head = redis.call('HMGET', KEYS[1], 'basis', 'raised', 'refunded', 'count')
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local here = newest and newest[1] or ''
local function int(x) return string.format('%.0f', x) end
local function sum(key, first)                            -- net, refunded, count, and how many cannot be read
  local net, refunded, count, odd, all = 0, 0, 0, 0, redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    if not first or (tonumber(all[i]) or first) >= first then
      local a, b, n = string.match(all[i + 1], '^(%-?%d+) (%-?%d+) (%-?%d+)$')
      if a then net, refunded, count = net + a, refunded + b, count + n else odd = odd + 1 end
    end
  end
  return {int(net), int(refunded), int(count), odd}
end
local function last(key)                                  -- the newest report, and how many cannot be read
  local version, report, odd = -1, {'', '', ''}, 0
  for _, text in ipairs(redis.call('HVALS', key)) do
    local v, a, n = string.match(text, '^(%d+) (%d+) (%S+)$')
    if not v then odd = odd + 1 elseif tonumber(v) > version then version, report = tonumber(v), {v, a, n} end
  end
  return {report[1], report[2], report[3], odd}
end
local function say(x) return x or '' end
local fields = {say(head[1]), say(head[2]), say(head[3]), say(head[4])}
if head[1] ~= 'COUNTED' then return {1, here, {}, fields, last(KEYS[5]), last(KEYS[4]), last(KEYS[3]), redis.call('HGETALL', KEYS[6])} end
if since == 'all' then
  local size = 0
  for i = 7, 70 do size = size + redis.call('HLEN', KEYS[i]) end
  if size > most then return {0, here, {}} end
  for i = 7, 70 do
    for _, part in ipairs(redis.call('HGETALL', KEYS[i])) do records[#records + 1] = part end
  end
else
  if since ~= '' and not redis.call('XRANGE', KEYS[2], since, since)[1] then return {0, '', {}} end
  local news = redis.call('XRANGE', KEYS[2], since == '' and '-' or '(' .. since, '+', 'COUNT', most)
  for _, entry in ipairs(news) do
    local entity = entry[2][2]                            -- blank where a network's own total moved
    local record = #entity == 16 and redis.call('HGET', KEYS[7 + string.byte(entity) % 64], entity)
    if record then records[#records + 1] = entity records[#records + 1] = record end
  end
  if #news == most then return {0, news[most][1], records} end
end
local minutes, hours = sum(KEYS[3], tonumber(ARGV[3])), sum(KEYS[4], tonumber(ARGV[4]))
return {1, here, records, fields, sum(KEYS[5]), hours, minutes, redis.call('HGETALL', KEYS[6])}

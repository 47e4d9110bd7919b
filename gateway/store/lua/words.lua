-- What is said of a campaign beside its total. A field that is not said keeps what is known; an older saying only fills gaps.
-- KEYS 1 words   ARGV 1 version 2 now 3 campaign, then field and value in turn      answers 1 when goal or status moved
local newer = tonumber(ARGV[1]) >= tonumber(redis.call('HGET', KEYS[1], 'version') or '-1')
local moved = 0
for i = 4, #ARGV, 2 do
  local field, value = ARGV[i], ARGV[i + 1]
  local was = redis.call('HGET', KEYS[1], field)
  if not was or newer and was ~= value then
    redis.call('HSET', KEYS[1], field, value)
    if field == 'goal' or field == 'status' then moved = 1 end
  end
end
if newer then redis.call('HSET', KEYS[1], 'version', ARGV[1], 'as_of', ARGV[2]) end
if moved == 1 then redis.call('HSET', KEYS[1], 'changed_at', ARGV[2]) end
redis.call('PUBLISH', 'changes', 'words\n' .. ARGV[3])
return moved

-- Removes a trace that is found in an index and is no longer there, or not whole. 1 if it was so.
-- KEYS: h, e, t, x, o, the index
-- ARGV: base, id, member
local count = redis.call('HGET', KEYS[1], 'n')
if count and tonumber(count) == redis.call('HLEN', KEYS[2]) then
  return 0
end
if not count and redis.call('EXISTS', KEYS[2]) == 1 then
  -- Early events of a trace that is to come again.
  redis.call('ZREM', KEYS[6], ARGV[3])
  return 1
end
remove_trace(ARGV[1], ARGV[2], KEYS[1], KEYS[2], KEYS[3])
redis.call('ZREM', KEYS[6], ARGV[3])
return 1

-- Removes a trace that is found in an index and is no longer there, or not whole. 1 if it was so.
-- KEYS: h, e, t, x, o
-- ARGV: base, id, member, term of the index
local count = redis.call('HGET', KEYS[1], 'n')
if count and tonumber(count) == redis.call('HLEN', KEYS[2]) then
  return 0
end
if count or redis.call('EXISTS', KEYS[2]) == 0 then
  remove_trace(ARGV[1], ARGV[2], KEYS[1], KEYS[2], KEYS[3])
end
-- Else they are early events, of a trace that is to come again.
take_out(ARGV[1], ARGV[4], ARGV[3])
return 1

-- Removes events of a trace that has no header, each only if it is still the same.
-- KEYS: h, e, t, x, o
-- ARGV: base, id, number of events that stay, time of the earliest of them in ms; then event ids each with the event
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local removed = 0
for i = 5, #ARGV, 2 do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[2], ARGV[i])
    removed = removed + 1
    for _, term in ipairs({terms_of(ARGV[i + 1])}) do
      if redis.call('HINCRBY', KEYS[3], term, -1) <= 0 then
        redis.call('HDEL', KEYS[3], term)
      end
    end
  end
end
local left = redis.call('HLEN', KEYS[2])
if left == 0 then
  remove_trace(ARGV[1], ARGV[2], KEYS[1], KEYS[2], KEYS[3])
elseif left == tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[5], ARGV[4], ARGV[2])
end
return removed

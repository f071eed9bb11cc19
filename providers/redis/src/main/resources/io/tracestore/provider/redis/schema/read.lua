-- Reads a trace that is whole: {header}, and with ARGV[1] = 'e' its events (ids and values in turns), with 't' its
-- terms. Nothing if it is not stored, or if the server evicted a part of it. Of one that weighs more than it may, only
-- {weight}.
-- KEYS: h, e, t
-- ARGV: what, weight that the header and the terms may have (0 for any)
-- Roughly: an actor's name may be longer, but few are.
local TERM_WEIGHT = 200
local head = redis.call('HMGET', KEYS[1], 'b', 'n', 's')
if not head[1] or tonumber(head[2]) ~= redis.call('HLEN', KEYS[2]) then
  return {}
end
local bound = tonumber(ARGV[2])
if bound > 0 then
  local weight = tonumber(head[3])
  if ARGV[1] == 't' then
    weight = weight + TERM_WEIGHT * redis.call('HLEN', KEYS[3])
  end
  if weight > bound then
    return {weight}
  end
end
if ARGV[1] == 'e' then
  return {head[1], redis.call('HGETALL', KEYS[2])}
end
if ARGV[1] == 't' then
  return {head[1], redis.call('HKEYS', KEYS[3])}
end
return {head[1]}

-- Reads a trace that is whole: {header}, and with ARGV[1] = 'e' its events (ids and values in turns), with 't' its
-- terms. Nothing if it is not stored, or if the server evicted a part of it.
-- KEYS: h, e, t
local head = redis.call('HMGET', KEYS[1], 'b', 'n')
if not head[1] or tonumber(head[2]) ~= redis.call('HLEN', KEYS[2]) then
  return {}
end
if ARGV[1] == 'e' then
  return {head[1], redis.call('HGETALL', KEYS[2])}
end
if ARGV[1] == 't' then
  return {head[1], redis.call('HKEYS', KEYS[3])}
end
return {head[1]}

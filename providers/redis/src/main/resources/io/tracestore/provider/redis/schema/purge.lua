-- Removes traces that started before a time: {how many it looked at, how many traces it removed}.
-- KEYS: the index of all
-- ARGV: base, place in the index after which they are, limit, token of the call, ms for which its answer may be
--       asked again
local base = ARGV[1]
local before = answered(base, ARGV[4])
if before then
  return cmsgpack.unpack(before)
end
local members = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], '+', 'LIMIT', 0, ARGV[3])
local removed = 0
for _, member in ipairs(members) do
  removed = removed + redis.call('EXISTS', trace_key(base, string.sub(member, -16), 'h'))
end
if removed > 0 then
  remember(base, ARGV[4], cmsgpack.pack({#members, removed}), ARGV[5])
end
for _, member in ipairs(members) do
  local id = string.sub(member, -16)
  remove_trace(base, id, trace_key(base, id, 'h'), trace_key(base, id, 'e'), trace_key(base, id, 't'))
  take_out(base, 'all', member)
end
return {#members, removed}

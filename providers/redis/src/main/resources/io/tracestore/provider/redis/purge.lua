-- Removes traces that started before a time: {how many it looked at, how many traces it removed}.
-- KEYS: the index of all
-- ARGV: base, place in the index behind which they are, limit
local base = ARGV[1]
local members = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], '+', 'LIMIT', 0, ARGV[3])
local removed = 0
for _, member in ipairs(members) do
  local id = string.sub(member, -16)
  local header = trace_key(base, id, 'h')
  removed = removed + redis.call('EXISTS', header)
  remove_trace(base, id, header, trace_key(base, id, 'e'), trace_key(base, id, 't'))
  redis.call('ZREM', KEYS[1], member)
end
return {#members, removed}

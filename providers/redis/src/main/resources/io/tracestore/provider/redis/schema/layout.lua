-- The layout of the data, which the first store sets: {state, version, partitions, id}. The state is 'there', 'new'
-- if this call set it, 'absent' if there is none and none is made, 'lost' if there are traces without it, and 'other'
-- if the key is something else.
-- KEYS: meta, the index of all, x, o
-- ARGV: version, partitions (0 if not known), the usual number of partitions, id of new data, make (1 or 0)
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'hash' then
  local layout = redis.call('HMGET', KEYS[1], 'version', 'partitions', 'id')
  return {'there', layout[1] or '', layout[2] or '', layout[3] or ''}
elseif kind ~= 'none' then
  return {'other', '', '', ''}
end
if ARGV[2] == '0' and redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4]) > 0 then
  return {'lost', '', '', ''}
elseif ARGV[5] == '0' then
  return {'absent', '', '', ''}
end
local partitions = ARGV[2] == '0' and ARGV[3] or ARGV[2]
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'partitions', partitions, 'id', ARGV[4])
return {'new', ARGV[1], partitions, ARGV[4]}

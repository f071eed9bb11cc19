-- Removes a trace or early events; 1 if there was anything.
-- KEYS: h, e, t, x, o
-- ARGV: base, id, token of the call, ms for which its answer may be asked again
if answered(ARGV[1], ARGV[3]) then
  return 1
end
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  remove_trace(ARGV[1], ARGV[2], KEYS[1], KEYS[2], KEYS[3])
  return 0
end
remember(ARGV[1], ARGV[3], 1, ARGV[4])
remove_trace(ARGV[1], ARGV[2], KEYS[1], KEYS[2], KEYS[3])
return 1

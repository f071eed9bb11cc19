-- Removes a trace or early events; 1 if there was anything.
-- KEYS: h, e, t, x, o
-- ARGV: base, id
local existed = redis.call('EXISTS', KEYS[1], KEYS[2])
remove_trace(ARGV[1], ARGV[2], KEYS[1], KEYS[2], KEYS[3])
return existed > 0 and 1 or 0

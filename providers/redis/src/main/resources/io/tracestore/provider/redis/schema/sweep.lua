-- Takes expired traces out of the indexes; how many it found, at most the limit.
-- KEYS: x
-- ARGV: base, limit
return sweep(ARGV[1], tonumber(ARGV[2]))

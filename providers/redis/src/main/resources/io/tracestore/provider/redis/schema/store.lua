-- Stores a header with events, or events alone (then member is empty). Returns 0; or, if the trace is stored with
-- another identity, the sum of 1 (another flow), 2 (another execution) and 4 (another start); or -1 if the data have
-- another layout than the store was opened for.
-- KEYS: h, e, t, x, o
-- ARGV: base, ttl in ms (0 for none), id, member, identity, finished (1 or 0), header, number of header terms,
--       number of event terms, number of events, time of the earliest event in ms, whether the server evicts (1 or 0),
--       layout (version, partitions and id of the data; all empty but in partition 0), weight of the header, keys of
--       attributes by which events have terms; then the
--       header terms, the event terms each with the number of events that have it, the event ids each with the event
local base, ttl, id, member = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local identity, finished, evicting = ARGV[5], ARGV[6], ARGV[12] == '1'
local first_header_term = 18
local first_event_term = first_header_term + tonumber(ARGV[8])
local first_event = first_event_term + 2 * tonumber(ARGV[9])
local last = first_event + 2 * tonumber(ARGV[10]) - 1

-- Keys are read before the first write, as what they have to be: where a slot moves to another node, or something
-- else has taken a name, this fails where a write would, and leaves nothing half done.
redis.call('ZCARD', KEYS[4])
redis.call('ZCARD', KEYS[5])
redis.call('HLEN', base .. 'r')
redis.call('SCARD', base .. 'names')
redis.call('SCARD', base .. 'lists')

if ARGV[14] ~= '' then
  local partitions = redis.call('HGET', base .. 'meta', 'partitions')
  if not partitions then
    -- Evicted, and the data are the same; or removed with all data, and these are others.
    local of_data = ARGV[15]
    if redis.call('EXISTS', index_key(base, 'all'), base .. 'x', base .. 'o') == 0 then
      of_data = redis.sha1hex(of_data .. table.concat(redis.call('TIME'), '.'))
    end
    redis.call('HSET', base .. 'meta', 'version', ARGV[13], 'partitions', ARGV[14], 'id', of_data)
  elseif partitions ~= ARGV[14] then
    return -1
  end
end

local head = redis.call('HMGET', KEYS[1], 'm', 'i', 'f', 'n')
local had = redis.call('HLEN', KEYS[2])
local stored = head[1]
local in_terms = redis.call('HGET', KEYS[3], '@')
local incomplete = stored and (tonumber(head[4]) ~= had or in_terms ~= stored)
local lost = not stored and (in_terms or redis.call('HEXISTS', base .. 'r', id) == 1)
if incomplete or lost then
  remove_trace(base, id, KEYS[1], KEYS[2], KEYS[3])
  stored, had = false, 0
end
if stored and member ~= '' and (stored ~= member or head[2] ~= identity) then
  local execution_bytes = 16
  return (string.sub(head[2], execution_bytes + 1) ~= string.sub(identity, execution_bytes + 1) and 1 or 0)
    + (string.sub(head[2], 1, execution_bytes) ~= string.sub(identity, 1, execution_bytes) and 2 or 0)
    + (stored ~= member and 4 or 0)
end

local known = {}
if stored or had > 0 then
  local flat = redis.call('HGETALL', KEYS[3])
  for i = 1, #flat, 2 do
    known[flat[i]] = flat[i + 1]
  end
  known['@'] = nil
end

-- The terms after this write. An event that takes the place of another takes the other's terms away.
local adopt = member ~= '' and not (stored and head[3] == '1' and finished == '0')
local terms = {}
for term, count in pairs(known) do
  if count ~= 'h' or not adopt then
    terms[term] = count
  end
end
if adopt then
  for i = first_header_term, first_event_term - 1 do
    terms[ARGV[i]] = 'h'
  end
end
local function add(term, count)
  local sum = (tonumber(terms[term]) or 0) + count
  if sum > 0 then
    terms[term] = sum
  else
    terms[term] = nil
  end
end
for i = first_event_term, first_event - 1, 2 do
  if is_attribute(ARGV[i]) then
    terms[ARGV[i]] = 1 -- not counted: it stays until the trace goes, also if its event is replaced
  else
    add(ARGV[i], tonumber(ARGV[i + 1]))
  end
end
if had > 0 then
  for from = first_event, last, 2 * CHUNK do
    local ids = {}
    for i = from, math.min(from + 2 * CHUNK - 1, last), 2 do
      ids[#ids + 1] = ARGV[i]
    end
    for _, replaced in ipairs(redis.call('HMGET', KEYS[2], unpack(ids))) do
      if replaced then
        local event_type, actor = terms_of(replaced)
        add(event_type, -1)
        add(actor, -1)
      end
    end
  end
end

local indexed = stored or (member ~= '' and member)
local remaining = {}
local gone = {}
for term in pairs(known) do
  if terms[term] == nil then
    gone[#gone + 1] = term
  end
end
if indexed then
  for term in pairs(terms) do
    remaining[term] = redis.call('PTTL', index_key(base, term))
    if not known[term] then
      redis.call('ZCARD', index_key(base, term))
    end
  end
  for _, term in ipairs(gone) do
    redis.call('ZCARD', index_key(base, term))
  end
end

-- Lets a key of several traces live as long as the last of them, by what was left of its time before this write.
local function keep(key, left, life)
  if life == -1 and left >= 0 then
    redis.call('PERSIST', key)
  elseif life ~= -1 and (left == -2 or (left >= 0 and left < ttl)) then
    redis.call('PEXPIRE', key, string.format('%.0f', life))
  end
end

-- Lets a key that tells of others live as long as they do.
local function follow(key, life)
  local left = redis.call('PTTL', key)
  if life == -1 and left >= 0 then
    redis.call('PERSIST', key)
  elseif life >= 0 and (left == -1 or (left >= 0 and left < life)) then
    redis.call('PEXPIRE', key, string.format('%.0f', life))
  end
end

local usual_life = ttl == 0 and -1 or math.floor(ttl + ttl / 4 + 1000)

local added = 0
for from = first_event, last, 2 * CHUNK do
  added = added + redis.call('HSET', KEYS[2], unpack(ARGV, from, math.min(from + 2 * CHUNK - 1, last)))
end
if adopt then
  redis.call('HSET', KEYS[1], 'b', ARGV[7], 'm', member, 'i', identity, 'f', finished, 'n', had + added,
    's', ARGV[16])
  if not stored then
    -- Tells this trace from one that had its id and was deleted; see TraceReads.
    local now = redis.call('TIME')
    redis.call('HSET', KEYS[1], 'v', now[1] .. '.' .. now[2])
  end
elseif stored and added > 0 then
  redis.call('HSET', KEYS[1], 'n', had + added)
end

local changed = {}
for term, count in pairs(terms) do
  if tostring(count) ~= known[term] then
    changed[#changed + 1] = term
    changed[#changed + 1] = count
  end
end
if indexed and not stored then
  changed[#changed + 1] = '@'
  changed[#changed + 1] = indexed
end
call_with_many('HSET', KEYS[3], changed)
call_with_many('HDEL', KEYS[3], gone)

if indexed then
  -- No index outlives that of all: what cleans the indexes lives as long as that.
  if not stored then
    redis.call('ZADD', index_key(base, 'all'), 0, indexed)
  end
  keep(index_key(base, 'all'), remaining['all'], usual_life)
  local life = redis.call('PTTL', index_key(base, 'all'))
  local added, names = {}, {}
  local others = not stored or #gone > 0
  for term in pairs(terms) do
    local key = index_key(base, term)
    if not stored or not known[term] then
      redis.call('ZADD', key, 0, indexed)
      others = true
      if is_name(term) then
        added[#added + 1] = term
      end
    end
    names[#names + 1] = term
    if term ~= 'all' then
      keep(key, remaining[term], life)
    end
  end
  -- The clock of old servers goes on within a script: an index may have got its time a millisecond later.
  follow(index_key(base, 'all'), life)
  call_with_many('SADD', base .. 'names', added)
  if stored then
    for _, term in ipairs(gone) do
      take_out(base, term, stored)
    end
  else
    redis.call('ZREM', KEYS[4], id)
    redis.call('ZREM', KEYS[5], id)
  end
  if ttl == 0 and not evicting then
    redis.call('HDEL', base .. 'r', id)
  elseif others or redis.call('HEXISTS', base .. 'r', id) == 0 then
    names[#names + 1] = indexed
    redis.call('HSET', base .. 'r', id, cmsgpack.pack(names))
  end
  life = redis.call('PTTL', index_key(base, 'all'))
  follow(base .. 'names', life)
  follow(base .. 'r', life)
else
  local left = redis.call('PTTL', KEYS[5])
  redis.call('ZADD', KEYS[5], 'LT', ARGV[11], id)
  keep(KEYS[5], left, usual_life)
end

if ttl > 0 then
  local at = string.format('%.0f', now_ms() + ttl)
  redis.call('PEXPIREAT', KEYS[1], at)
  redis.call('PEXPIREAT', KEYS[2], at)
  redis.call('PEXPIREAT', KEYS[3], at)
  redis.call('ZADD', KEYS[4], at, indexed or id)
elseif stored or had > 0 then
  redis.call('PERSIST', KEYS[1])
  redis.call('PERSIST', KEYS[2])
  redis.call('PERSIST', KEYS[3])
  redis.call('ZREM', KEYS[4], indexed or id)
end
local of_all = redis.call('PTTL', index_key(base, 'all'))
local of_early = redis.call('PTTL', KEYS[5])
local of_any = (of_all == -1 or of_early == -1) and -1 or math.max(of_all, of_early)
follow(base .. 'x', of_any)
redis.call('SADD', base .. 'lists', ARGV[17])
follow(base .. 'lists', of_any)

-- Cleaning may fail for itself only. Two for every one that comes: it catches up.
if redis.call('EXISTS', KEYS[4]) == 1 then
  pcall(sweep, base, 2)
end
if evicting then
  pcall(sweep_evicted, base, 2)
end
return 0

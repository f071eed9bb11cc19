-- Stores a header with events, or events alone (then member is empty). Returns 1, or 0 if the trace is stored
-- with another identity.
-- KEYS: h, e, t, x, o
-- ARGV: base, ttl in ms (0 for none), id, member, identity, finished (1 or 0), header, number of header terms,
--       number of event terms, number of events, time of the earliest event in ms; then the header terms, the
--       event terms each with the number of events that have it, the event ids each with the event
local base, ttl, id, member = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local identity, finished = ARGV[5], ARGV[6]
local first_event_term = 12 + tonumber(ARGV[8])
local first_event = first_event_term + 2 * tonumber(ARGV[9])
local last = first_event + 2 * tonumber(ARGV[10]) - 1

local head = redis.call('HMGET', KEYS[1], 'm', 'i', 'f', 'n')
local had = redis.call('HLEN', KEYS[2])
local stored = head[1]
local incomplete = stored and tonumber(head[4]) ~= had
local expired = not stored and had == 0 and redis.call('EXISTS', KEYS[3]) == 1
if incomplete or expired then
  remove_trace(base, id, KEYS[1], KEYS[2], KEYS[3])
  stored, had = false, 0
end
if stored and member ~= '' and (stored ~= member or head[2] ~= identity) then
  return 0
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
  for i = 12, first_event_term - 1 do
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
  add(ARGV[i], tonumber(ARGV[i + 1]))
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

-- All index keys are read before the first write: while a slot moves to another node, this fails where a write
-- would, and leaves nothing half done.
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
  end
  for _, term in ipairs(gone) do
    redis.call('PTTL', index_key(base, term))
  end
end

-- A key of several traces lives as long as the last of them; whether its time was changed.
local function keep(key, left)
  if ttl == 0 and left >= 0 then
    redis.call('PERSIST', key)
    return true
  elseif ttl > 0 and (left == -2 or (left >= 0 and left < ttl)) then
    redis.call('PEXPIRE', key, string.format('%.0f', ttl + ttl / 4 + 1000))
    return true
  end
  return false
end

local added = 0
for from = first_event, last, 2 * CHUNK do
  added = added + redis.call('HSET', KEYS[2], unpack(ARGV, from, math.min(from + 2 * CHUNK - 1, last)))
end
if adopt then
  redis.call('HSET', KEYS[1], 'b', ARGV[7], 'm', member, 'i', identity, 'f', finished, 'n', had + added)
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
  for term in pairs(terms) do
    local key = index_key(base, term)
    if not stored or not known[term] then
      redis.call('ZADD', key, 0, indexed)
    end
    local left = remaining[term]
    local is_actor = string.sub(term, 1, 2) == 'a:'
    if is_actor and left == -2 then
      redis.call('SADD', base .. 'actors', string.sub(term, 3))
    end
    if keep(key, left) and is_actor then
      keep(base .. 'actors', redis.call('PTTL', base .. 'actors'))
    end
  end
  if stored then
    for _, term in ipairs(gone) do
      redis.call('ZREM', index_key(base, term), stored)
    end
  elseif had > 0 then
    redis.call('ZREM', KEYS[4], id)
    redis.call('ZREM', KEYS[5], id)
  end
else
  local left = redis.call('PTTL', KEYS[5])
  redis.call('ZADD', KEYS[5], 'LT', ARGV[11], id)
  keep(KEYS[5], left)
end

if ttl > 0 then
  local expiry = now_ms() + ttl
  local at = string.format('%.0f', expiry)
  redis.call('PEXPIREAT', KEYS[1], at)
  redis.call('PEXPIREAT', KEYS[2], at)
  -- The terms outlive their trace, so that it can be taken out of the indexes.
  redis.call('PEXPIREAT', KEYS[3], string.format('%.0f', expiry + math.max(ttl, 86400000)))
  local left = redis.call('PTTL', KEYS[4])
  redis.call('ZADD', KEYS[4], at, indexed or id)
  keep(KEYS[4], left)
  -- Two for every one that comes: cleaning catches up. It may fail for itself only.
  pcall(sweep, base, 2)
elseif stored or had > 0 then
  redis.call('PERSIST', KEYS[1])
  redis.call('PERSIST', KEYS[2])
  redis.call('PERSIST', KEYS[3])
  redis.call('ZREM', KEYS[4], indexed or id)
end
return 1

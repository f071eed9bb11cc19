-- What the scripts share; it stands in front of each of them.
--
-- One partition holds whole traces and the indexes of these traces, all in one hash slot, so that every script
-- is a transaction over both. Of each trace there are three keys:
--   h  hash: b header, m member of the indexes (inverted start time, trace id), i identity, f finished, n events
--   e  hash: event id -> event
--   t  hash: term -> number of events that have it, or 'h' for a term of the header; '@' -> m
-- and of each partition the sorted sets i:<term>, all scores 0, x (expiry time -> m, or id of early events) and
-- o (earliest event -> id of a trace without header), and the set actors.

-- unpack() and a call take some thousand values at most.
local CHUNK = 1000

local function index_key(base, term)
  return base .. 'i:' .. term
end

local function trace_key(base, id, part)
  return base .. string.format(
    '%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x', string.byte(id, 1, 16)) .. ':' .. part
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function call_with_many(command, key, values)
  for from = 1, #values, CHUNK do
    redis.call(command, key, unpack(values, from, math.min(from + CHUNK - 1, #values)))
  end
end

-- The terms of a stored event: its type and its actor.
local function terms_of(event)
  local type_length = string.byte(event, 1)
  local actor_length = struct.unpack('>I4', event, 2 + type_length)
  local actor_at = 6 + type_length
  return string.sub(event, 2, 1 + type_length), 'a:' .. string.sub(event, actor_at, actor_at + actor_length - 1)
end

-- Takes a trace out of all indexes, and removes what is left of it.
local function remove_trace(base, id, header, events, terms)
  local member = redis.call('HGET', terms, '@')
  if member then
    for _, term in ipairs(redis.call('HKEYS', terms)) do
      if term ~= '@' then
        redis.call('ZREM', index_key(base, term), member)
      end
    end
    redis.call('ZREM', base .. 'x', member)
  end
  redis.call('ZREM', base .. 'x', id)
  redis.call('ZREM', base .. 'o', id)
  redis.call('DEL', header, events, terms)
end

-- Removes at most `limit` expired traces from the indexes; how many it found.
local function sweep(base, limit)
  local expired = redis.call('ZRANGEBYSCORE', base .. 'x', '-inf', string.format('%.0f', now_ms()), 'LIMIT', 0, limit)
  for _, member in ipairs(expired) do
    local id = string.sub(member, -16)
    local header = trace_key(base, id, 'h')
    local events = trace_key(base, id, 'e')
    if redis.call('EXISTS', header, events) == 0 then
      remove_trace(base, id, header, events, trace_key(base, id, 't'))
      redis.call('ZREM', index_key(base, 'all'), member)
    end
    redis.call('ZREM', base .. 'x', member)
  end
  return #expired
end

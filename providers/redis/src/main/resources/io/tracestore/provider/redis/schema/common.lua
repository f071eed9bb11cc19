-- The part that the scripts share; it is put in front of each of them.
--
-- One partition holds whole traces and the indexes of these traces, all in one hash slot, so that every script
-- is a transaction over both. Of each trace there are three keys, which expire together:
--   h  hash: b header, m member of the indexes (inverted start time, trace id), i identity, f finished, n events,
--     s bytes of the header in a client, v which of several traces that had this id one after the other
--   e  hash: event id -> event
--   t  hash: term -> number of events that have it, or 'h' for a term of the header; '@' -> m
-- and of each partition, living as long as the indexes do:
--   i:<term>  sorted sets of members, all scores 0
--   r         hash: trace id -> member and terms, of traces that may leave without a script: by time, or evicted
--   x         sorted set: expiry time -> m, or id of early events
--   o         sorted set: earliest event -> id of a trace without header
--   names     set: the terms of actors, types, flows and environments that have an index
--   lists     set: the keys of attributes by which events have terms, those of each writer as one text
-- Partition 0 has the layout in 'meta'.

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

local function is_attribute(term)
  return string.sub(term, 1, 2) == 'v:'
end

-- Whether a term is that of an actor, a type, a flow or an environment: these are listed.
local function is_name(term)
  return string.find(term, '^[ayfe][:#]') ~= nil
end

-- Takes a member out of the index of a term. A name is known as long as it has an index.
local function take_out(base, term, member)
  local key = index_key(base, term)
  redis.call('ZREM', key, member)
  if is_name(term) and redis.call('EXISTS', key) == 0 then
    redis.call('SREM', base .. 'names', term)
  end
end

-- Takes a trace out of all indexes, and removes what is left of it.
local function remove_trace(base, id, header, events, terms)
  local member = redis.call('HGET', terms, '@')
  local names = member and redis.call('HKEYS', terms) or {}
  if not member then
    -- The trace left without a script.
    local known = redis.call('HGET', base .. 'r', id)
    if known then
      names = cmsgpack.unpack(known)
      member = table.remove(names)
    end
  end
  if member then
    for _, term in ipairs(names) do
      if term ~= '@' then
        take_out(base, term, member)
      end
    end
    redis.call('ZREM', base .. 'x', member)
  end
  redis.call('HDEL', base .. 'r', id)
  redis.call('ZREM', base .. 'x', id)
  redis.call('ZREM', base .. 'o', id)
  redis.call('DEL', header, events, terms)
  if redis.call('EXISTS', index_key(base, 'all'), base .. 'o') == 0 then
    redis.call('DEL', base .. 'lists')
  end
end

-- Removes at most `limit` expired traces from the indexes; how many it found.
local function sweep(base, limit)
  local now = now_ms()
  local expired = redis.call('ZRANGEBYSCORE', base .. 'x', '-inf', string.format('%.0f', now), 'LIMIT', 0, limit)
  for _, member in ipairs(expired) do
    local id = string.sub(member, -16)
    local header, events = trace_key(base, id, 'h'), trace_key(base, id, 'e')
    local left = redis.call('PTTL', header)
    local other = #member > 16 and left ~= -2 and redis.call('HGET', header, 'm') ~= member
    if left == -2 then
      left = redis.call('PTTL', events)
    end
    if left == -2 then
      remove_trace(base, id, header, events, trace_key(base, id, 't'))
    end
    if left == -2 or other then
      take_out(base, 'all', member)
    end
    if left < 0 or other then
      redis.call('ZREM', base .. 'x', member)
    else
      -- A script's clock stands still for expiry, and may be behind that of TIME.
      redis.call('ZADD', base .. 'x', string.format('%.0f', now + left + 1), member)
    end
  end
  return #expired
end

-- Removes what is left of traces of which the server evicted a part, among a few by chance.
local function sweep_evicted(base, count)
  for _, id in ipairs(redis.call('HRANDFIELD', base .. 'r', count)) do
    local header, events = trace_key(base, id, 'h'), trace_key(base, id, 'e')
    local events_stored = redis.call('HGET', header, 'n')
    if not events_stored or tonumber(events_stored) ~= redis.call('HLEN', events) then
      remove_trace(base, id, header, events, trace_key(base, id, 't'))
    end
  end
end

-- Returns the answer that a call got before, if it is sent again because that answer got lost.
local function answered(base, token)
  return redis.call('GET', base .. 'answer:' .. token)
end

local function remember(base, token, answer, ms)
  redis.call('SET', base .. 'answer:' .. token, answer, 'PX', ms)
end

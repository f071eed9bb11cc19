-- Text is UTF-8; the characters U+0000 to U+0003, the first of which PostgreSQL refuses, are written
-- as U+0001 and two more, so that equality and substrings stay exact. Times are nanoseconds since
-- 1970-01-01T00:00:00Z, start_hour is whole hours since then.

-- The version in force.
CREATE TABLE schema_version (
  version   int PRIMARY KEY,
  installed timestamptz NOT NULL
);

-- Which data these are: made once, together with the tables.
CREATE TABLE store_id (
  store_id uuid NOT NULL
);
-- [jooq ignore start]
INSERT INTO store_id VALUES (gen_random_uuid());
-- [jooq ignore stop]

-- Actor ids (kind 0), names of event types (kind 1) and lists of keys with which writers indexed
-- attributes (kind 2), each written once and named by a number. A
-- name that nothing uses is removed, in two steps: first it is marked as unused, and is no name any
-- more for transactions that begin then; it goes when those from before have ended. A number is never
-- given to another name.
CREATE TABLE names (
  name_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind    smallint NOT NULL,
  digest  bytea NOT NULL,        -- SHA-256 of name: a text may be longer than an index takes
  name    text NOT NULL,
  unused  boolean DEFAULT false NOT NULL
);
-- [jooq ignore start]
CREATE UNIQUE INDEX names_by_digest ON names (digest, kind);
CREATE INDEX names_unused ON names (name_id) WHERE unused;
-- [jooq ignore stop]

-- Numbers of names that removed traces had: whether something else uses them is still to be seen.
CREATE TABLE names_to_check (
  name_id int NOT NULL
);

-- One row per trace, made by whatever comes first: the header or an early event. Without a header
-- start_hour is -2147483648 and the columns from start_ns to labels and body are NULL; of a trace whose
-- events are in events_default it is -2147483647. A writer holds the lock on this row while it touches
-- the trace's events.
CREATE TABLE traces (
  trace_id      uuid PRIMARY KEY,
  start_ns      bigint,
  duration_ns   bigint,            -- end - start, at most 2^63-1; NULL without an end
  execution_id  uuid,
  last_event_id uuid,              -- the greatest of the trace's event ids
  start_hour    int NOT NULL,      -- where the events are
  status        smallint,          -- 0 pending, 1 running, 2 completed, 3 failed, 4 cancelled
  flow_id       text,
  labels        jsonb,             -- environment, user, session, error and tags, where there are any
  facets        int[] NOT NULL,    -- names of all actors and event types of the trace's events; below zero, of receivers
  body          bytea,             -- the whole header; see TraceBinary
  terms         bigint[] DEFAULT '{}' NOT NULL -- hashes of errors, ports and attributes of events; see DataTerms
);
-- [jooq ignore start]
ALTER TABLE traces SET (fillfactor = 85);
ALTER TABLE traces ALTER body SET STORAGE EXTERNAL; -- compressed by the client
CREATE INDEX traces_by_start ON traces (start_ns DESC, trace_id);
CREATE INDEX traces_by_flow ON traces (left(flow_id, 200), start_ns DESC, trace_id);
CREATE INDEX traces_by_status ON traces (status, start_ns DESC, trace_id);
CREATE INDEX traces_by_execution ON traces (execution_id);
CREATE INDEX traces_by_duration ON traces (duration_ns) WHERE duration_ns IS NOT NULL;
CREATE INDEX traces_by_content ON traces USING gin (facets, terms, labels jsonb_path_ops)
  WITH (gin_pending_list_limit = 512);
CREATE INDEX traces_without_header ON traces (trace_id) WHERE start_ns IS NULL;
-- [jooq ignore stop]

-- One row per event. All events of a trace lie in the partition of the trace's start, so that a
-- dropped partition takes whole traces, and an event whose time changes stays where it is.
CREATE TABLE events (
  ts_ns         bigint NOT NULL,
  execution_ns  bigint,             -- this and the other metrics: NULL where it was not measured
  memory_bytes  bigint,
  queue_depth   bigint,
  throughput    double precision,
  message_size  bigint,             -- NULL without a message
  trace_id      uuid NOT NULL,
  event_id      uuid NOT NULL,
  parent_id     uuid,               -- the event that caused it, of received messages only
  start_hour    int NOT NULL,       -- as the trace has it
  actor         int NOT NULL,       -- names.name_id
  event_type    int NOT NULL,       -- names.name_id
  to_actor      int,                -- names.name_id, of data flows only
  cpu_percent   real,
  latency_class smallint,           -- of execution_ns; see LatencyHistogram
  has_error     boolean NOT NULL,
  body          bytea NOT NULL      -- the whole event; see TraceBinary
)
-- [jooq ignore start]
PARTITION BY RANGE (start_hour)
-- [jooq ignore stop]
;
-- [jooq ignore start]
ALTER TABLE events ALTER body SET STORAGE EXTERNAL;
CREATE INDEX events_by_trace ON events (trace_id);
-- Of ids that are no UUIDs of version 7: they come in no order, so that each may be stored already.
CREATE INDEX events_by_random_id ON events (trace_id, event_id)
  WHERE get_byte(uuid_send(event_id), 6) & 240 <> 112;
-- Says of each stretch of a partition what times it has: one that has none of them is not read.
CREATE INDEX events_by_time ON events USING brin (ts_ns) WITH (pages_per_range = 32, autosummarize = on);

-- Events whose trace is not stored yet.
CREATE TABLE events_early PARTITION OF events FOR VALUES FROM (MINVALUE) TO (-2147483647);
-- Events of traces for whose start there was no partition when they came. It has an hour of its own
-- and is no DEFAULT partition of the server's: beside one of those, each new partition locks it
-- against all readers and reads it whole.
CREATE TABLE events_default PARTITION OF events FOR VALUES FROM (-2147483647) TO (-2147483646);
-- [jooq ignore stop]

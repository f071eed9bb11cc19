-- One row: what belongs to the database as a whole.
CREATE TABLE store (
  id            TEXT    NOT NULL,       -- random, made with the database
  empty_pages   INTEGER NOT NULL,       -- pages of the database without any trace
  names_removed INTEGER NOT NULL,       -- grows when names are removed: who remembers numbers forgets them
  proofs        INTEGER NOT NULL        -- grows with each health check and sync, which have to write something
) STRICT;

-- Flow ids, actor ids, event type names, environments and tag names are written once and named by a
-- number. A name is removed with the last trace that uses it; its number is never given again.
CREATE TABLE names (
  name_key INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL UNIQUE
) STRICT;

-- With what the bodies of events are compressed; see CompressionDictionary. A row never changes, and none is
-- removed.
CREATE TABLE dictionaries (
  number  INTEGER PRIMARY KEY,          -- from 1; bodies name it
  content BLOB NOT NULL
) STRICT;

-- One row per trace, made by whatever comes first: the header or an early event. Without a header
-- every column behind trace_id is NULL. Times are nanoseconds since 1970-01-01T00:00:00Z.
CREATE TABLE traces (
  trace_key      INTEGER PRIMARY KEY,
  trace_id       BLOB NOT NULL UNIQUE,
  flow           INTEGER,               -- names.name_key
  execution_id   BLOB,
  start_ns       INTEGER,
  end_ns         INTEGER,
  duration_class INTEGER,               -- bits in end_ns - start_ns; NULL without an end or if negative
  status         INTEGER,               -- 0 pending, 1 running, 2 completed, 3 failed, 4 cancelled
  error          TEXT,                  -- of a failed trace
  error_hash     INTEGER,               -- Java's String.hashCode of error
  environment    INTEGER,               -- names.name_key
  user_id        TEXT,
  session_id     TEXT,
  header         BLOB,                  -- all of the above and the rest; see TraceBinary
  terms          BLOB                   -- those in trace_terms, eight bytes each; NULL for none
) STRICT;

-- Read backwards, they give the newest first and equal starts by ascending trace id, and what is new
-- is added at their right end.
CREATE INDEX traces_by_start ON traces (start_ns, trace_id DESC);
CREATE INDEX traces_by_flow ON traces (flow, start_ns, trace_id DESC);
CREATE INDEX traces_by_status ON traces (status, start_ns, trace_id DESC);
CREATE INDEX traces_by_environment ON traces (environment, start_ns, trace_id DESC);
CREATE INDEX traces_by_execution ON traces (execution_id);
CREATE INDEX traces_by_duration ON traces (duration_class, start_ns, trace_id DESC)
  WHERE duration_class IS NOT NULL;
CREATE INDEX traces_by_error ON traces (error_hash, start_ns, trace_id DESC)
  WHERE error_hash IS NOT NULL;
CREATE INDEX traces_by_user ON traces (user_id, start_ns, trace_id DESC)
  WHERE user_id IS NOT NULL;
CREATE INDEX traces_by_session ON traces (session_id, start_ns, trace_id DESC)
  WHERE session_id IS NOT NULL;
CREATE INDEX traces_without_header ON traces (trace_key) WHERE start_ns IS NULL;

-- The events of one trace lie together.
CREATE TABLE events (
  trace_key     INTEGER NOT NULL,       -- traces.trace_key
  event_id      BLOB    NOT NULL,
  ts_ns         INTEGER NOT NULL,
  actor         INTEGER NOT NULL,       -- names.name_key
  type          INTEGER NOT NULL,       -- names.name_key
  message_bytes INTEGER,                -- the message's size; NULL without a message
  failed        INTEGER NOT NULL,       -- 1 with an error, else 0
  to_actor      INTEGER,                -- names.name_key; of a data flow
  sent_by       BLOB,                   -- the parent's event id; of a received message
  -- NULL where it was not measured
  execution_ns  INTEGER,
  memory_bytes  INTEGER,
  cpu_percent   REAL,
  queue_depth   INTEGER,
  throughput    REAL,
  body          BLOB    NOT NULL,       -- everything else; see TraceBinary
  PRIMARY KEY (trace_key, event_id)
) STRICT, WITHOUT ROWID;

-- Which traces have an event of an actor or a type, and which have a tag; filled once there is a
-- header, because they repeat its start.
CREATE TABLE trace_actors (
  actor     INTEGER NOT NULL,           -- names.name_key
  start_ns  INTEGER NOT NULL,
  trace_key INTEGER NOT NULL,           -- traces.trace_key
  PRIMARY KEY (actor, start_ns, trace_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE trace_event_types (
  type      INTEGER NOT NULL,           -- names.name_key
  start_ns  INTEGER NOT NULL,
  trace_key INTEGER NOT NULL,           -- traces.trace_key
  PRIMARY KEY (type, start_ns, trace_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE trace_tags (
  tag       INTEGER NOT NULL,           -- names.name_key
  value     TEXT    NOT NULL,
  start_ns  INTEGER NOT NULL,
  trace_key INTEGER NOT NULL,           -- traces.trace_key
  PRIMARY KEY (tag, value, start_ns, trace_key)
) STRICT, WITHOUT ROWID;

-- Which traces have an event with an error, with a port or with an attribute, as hashes; see DataTerms.
CREATE TABLE trace_terms (
  term      INTEGER NOT NULL,
  start_ns  INTEGER NOT NULL,
  trace_key INTEGER NOT NULL,           -- traces.trace_key
  PRIMARY KEY (term, start_ns, trace_key)
) STRICT, WITHOUT ROWID;

-- The lists of keys with which writers indexed attributes, but for the empty one.
CREATE TABLE indexed_attributes (
  keys TEXT PRIMARY KEY                 -- with commas between them
) STRICT, WITHOUT ROWID;

-- The names of a trace that no other table finds: those of receivers of data flows, and those of all
-- events that came before the header.
CREATE TABLE trace_names (
  trace_key INTEGER NOT NULL,           -- traces.trace_key
  name      INTEGER NOT NULL,           -- names.name_key
  PRIMARY KEY (trace_key, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX trace_names_by_name ON trace_names (name);

INSERT INTO store (id, empty_pages, names_removed, proofs)
  SELECT lower(hex(randomblob(16))), page_count, 0, 0 FROM pragma_page_count;

-- A trace; its events are clustered behind trace_key.
CREATE TABLE trace (
  trace_key INTEGER PRIMARY KEY,
  trace_id  BLOB    NOT NULL UNIQUE CHECK (length(trace_id) = 16)
) STRICT;

CREATE TABLE event (
  trace_key INTEGER NOT NULL REFERENCES trace (trace_key) ON DELETE CASCADE,
  at_nanos  INTEGER NOT NULL,
  event_id  BLOB    NOT NULL CHECK (length(event_id) = 16),
  body      BLOB    NOT NULL,
  PRIMARY KEY (trace_key, at_nanos, event_id)
) STRICT, WITHOUT ROWID;

-- Everything about traces lies in one table: a write is one insert of rows that share a partition, so it is there whole
-- or not at all, and every reader sees one moment. Sections keep its kinds of rows apart; ADR 31 says why.
--
--   trace     the header of a trace (no ids) and its events (ids: its own, then those that caused it)
--   flow      one row for each trace, by flow and start, newest first: what queries of a flow filter
--   time      the same by start alone: what all other queries filter
--   actor     one row for each actor of a trace, by actor and start of the trace
--   type      one row for each type of its events, likewise
--   term      one row for each term of the data of a trace's events, likewise: see DataTerms
--   duration  one row for each duration that a trace had, by it (in place of age); outdated where the trace has another now
--   repeated  the traces in which an event was stored again: of their events some rows may be outdated
--   health    one row that health checks write, in a partition of its own
--
-- A row replaces another with the same sorting key and a smaller rev. {…} is filled in by the provider.

CREATE TABLE IF NOT EXISTS {database}.{local records} {on cluster}
(
    section      Enum8('flow' = 1, 'time' = 2, 'actor' = 3, 'type' = 4, 'term' = 5, 'duration' = 6, 'trace' = 7, 'repeated' = 8, 'health' = 9),
    name         LowCardinality(String)               CODEC(ZSTD(1)),             -- the flow, the actor, the type or the term; empty in other sections
    age          Int64                                CODEC(Delta(8), ZSTD(1)),   -- ~start in nanoseconds, so that ascending is newest first; in section duration, nanoseconds; 0 where a trace has one place
    trace_id     FixedString(16)                      CODEC(ZSTD(1)),             -- bytes in their order, which a UUID's is not
    ids          Array(FixedString(16))               CODEC(ZSTD(1)),
    rev          UInt64                               CODEC(Delta(8), ZSTD(1)),   -- when it was written; of a header, the top bit says that the trace is finished
    day          Int32                                CODEC(Delta(4), ZSTD(1)),   -- the day on which the trace started; -2147483648 for events whose trace is not stored yet, one more for health checks
    started      DateTime64(9, 'UTC')                 CODEC(Delta(8), ZSTD(1)),   -- when the trace started; rows of sections flow, time, actor, type and term say it by their age alone
    bytes        UInt64                               CODEC(T64, ZSTD(1)),        -- what a header or an event takes in memory at most

    -- the header
    flow_id      LowCardinality(String)               CODEC(ZSTD(1)),             -- in sections time and trace
    header       String                               CODEC(ZSTD(1)),             -- all of it, in the binary form
    execution_id FixedString(16)                      CODEC(ZSTD(1)),
    status       Enum8('Pending' = 0, 'Running' = 1, 'Completed' = 2, 'Failed' = 3, 'Cancelled' = 4) CODEC(ZSTD(1)),
    duration_ns  Nullable(Int64)                      CODEC(ZSTD(1)),
    environment  LowCardinality(String)               CODEC(ZSTD(1)),
    user_id      Nullable(String)                     CODEC(ZSTD(1)),
    session_id   Nullable(String)                     CODEC(ZSTD(1)),
    tags         Map(LowCardinality(String), String)  CODEC(ZSTD(1)),

    -- an event
    ts           DateTime64(9, 'UTC')                 CODEC(Delta(8), T64, ZSTD(1)),              -- beside events, that of a header is the start
    event_type   LowCardinality(String)               CODEC(ZSTD(1)),
    actor_id     LowCardinality(String)               CODEC(ZSTD(1)),
    to_actor     LowCardinality(String)               CODEC(ZSTD(1)),
    to_port      LowCardinality(String)               CODEC(ZSTD(1)),
    port         LowCardinality(String)               CODEC(ZSTD(1)),
    flags        UInt32                               CODEC(ZSTD(1)),             -- what is there; see EventFlags
    span         FixedString(16)                      CODEC(ZSTD(1)),
    span_text    String                               CODEC(ZSTD(1)),
    msg_type     LowCardinality(String)               CODEC(ZSTD(1)),
    msg_size     UInt64                               CODEC(T64, ZSTD(1)),
    msg_checksum String                               CODEC(ZSTD(1)),
    msg_data     String                               CODEC(ZSTD(1)),
    msg_codec    LowCardinality(String)               CODEC(ZSTD(1)),
    msg_format   UInt32                               CODEC(ZSTD(1)),
    msg_stored   UInt64                               CODEC(T64, ZSTD(1)),
    state_before String                               CODEC(ZSTD(1)),
    state_after  String                               CODEC(ZSTD(1)),
    error        String                               CODEC(ZSTD(1)),             -- also that of a failed trace, in sections flow and time
    -- what was not measured is 0 here, and has no bit in flags
    exec_ns      UInt64                               CODEC(T64, ZSTD(1)),
    memory_bytes UInt64                               CODEC(GCD, T64, ZSTD(1)),
    cpu_percent  Float32                              CODEC(ZSTD(1)),
    queue_depth  UInt64                               CODEC(T64, ZSTD(1)),
    throughput   Float64                              CODEC(ZSTD(1)),
    attributes   Map(LowCardinality(String), String)  CODEC(ZSTD(3)),             -- values are JSON

    INDEX by_trace     trace_id     TYPE bloom_filter(0.1) GRANULARITY 1, -- for what has no order of ids: removals
    INDEX by_execution execution_id TYPE bloom_filter(0.01) GRANULARITY 1,
    -- Two independent ones over one row of each trace: of 500 random ids only a granule in 300 seems to have one.
    INDEX by_place     if(section = 'time', cityHash64(trace_id), 0) TYPE bloom_filter(0.0001) GRANULARITY 1,
    INDEX by_place_too if(section = 'time', sipHash64(trace_id), 0)  TYPE bloom_filter(0.0001) GRANULARITY 1,
    INDEX by_moment    toUnixTimestamp64Nano(ts)                     TYPE minmax GRANULARITY 1
)
ENGINE = {engine records ReplacingMergeTree rev}
PARTITION BY day
PRIMARY KEY (section, name, age, trace_id)
ORDER BY (section, name, age, trace_id, notEmpty(ids), ids[1])
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1;

-- In a cluster alone, as every statement that names it.
CREATE TABLE IF NOT EXISTS {database}.records {on cluster} AS {database}.records_local
ENGINE = Distributed('{cluster}', {database}, records_local, sipHash64(trace_id));

-- For people and their tools; FINAL leaves each event and each trace once.
CREATE VIEW IF NOT EXISTS {database}.events {on cluster} AS
SELECT UUIDNumToString(trace_id) AS trace_id, UUIDNumToString(ids[1]) AS event_id, ts, flow_id, event_type, actor_id, to_actor, to_port, port,
       msg_type, msg_size, msg_checksum, msg_data, msg_codec, msg_format, if(bitTest(r.flags, 19), r.msg_stored, NULL) AS msg_stored,
       state_before, state_after, error, if(bitTest(r.flags, 13), r.exec_ns, NULL) AS exec_ns,
       if(bitTest(r.flags, 14), r.memory_bytes, NULL) AS memory_bytes, if(bitTest(r.flags, 15), r.cpu_percent, NULL) AS cpu_percent,
       if(bitTest(r.flags, 16), r.queue_depth, NULL) AS queue_depth, if(bitTest(r.flags, 17), r.throughput, NULL) AS throughput,
       attributes, bitTest(flags, 0) AS has_parent, if(has_parent, UUIDNumToString(ids[2]), '') AS parent_event_id
FROM {database}.records AS r FINAL
WHERE section = 'trace' AND notEmpty(ids);

CREATE VIEW IF NOT EXISTS {database}.traces {on cluster} AS
SELECT UUIDNumToString(trace_id) AS trace_id, flow_id, UUIDNumToString(execution_id) AS execution_id, fromUnixTimestamp64Nano(bitNot(age), 'UTC') AS started, duration_ns,
       status, error, environment, user_id, session_id, tags
FROM {database}.records FINAL
WHERE section = 'time';

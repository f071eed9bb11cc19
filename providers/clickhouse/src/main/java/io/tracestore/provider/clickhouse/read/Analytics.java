package io.tracestore.provider.clickhouse.read;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.connect.Settings;
import io.tracestore.provider.clickhouse.schema.EventSums;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.sql.Sql;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Adds up events in the server. Each event counts once, in its newest version: rows of traces in
 * which none was stored again are taken as they are, those of the others are compared first.
 *
 * <p>A statement may hold lists of traces, both ends of each message, and all versions of repeated
 * events in the server's memory. Where these are many, it is asked for one range of trace ids after
 * the other, so that its memory does not grow with the store.
 */
public final class Analytics {
  /**
   * The bytes that a row takes in the server's memory where it is joined, compared or listed;
   * estimated high.
   */
  private static final long BYTES_OF_A_ROW = 1_000;

  private static final String REPEATED = "section = 'repeated'";

  private final Server server;
  private final String records;
  private final @Nullable Rollup rollup;

  /** How many rows a statement may hold. */
  private final long mostRows;

  /** For statements that may hold about as many. */
  private final Map<String, String> bounded;

  /**
   * @param rollup null to look at every event
   */
  public Analytics(Server server, Schema schema, @Nullable Rollup rollup) {
    this.server = server;
    this.records = schema.records();
    this.rollup = rollup;
    this.mostRows = server.maxMemoryUsage() / BYTES_OF_A_ROW;
    this.bounded = Settings.boundedBy(server.maxMemoryUsage());
  }

  public List<EventMetrics> eventMetrics(EventMetricsQuery query) {
    List<TraceRange> ranges = ranges(query.flowId(), null);
    // Kept sums are of all traces, and so must be what corrects them.
    return rollup != null && rollup.covers(query) && ranges.size() == 1
        ? rollup
            .eventMetrics(server, records, query)
            .orElseGet(() -> metricsOfEvents(query, ranges))
        : metricsOfEvents(query, ranges);
  }

  private List<EventMetrics> metricsOfEvents(EventMetricsQuery query, List<TraceRange> ranges) {
    return collect(
            ranges,
            range -> metrics(query, range),
            ranges.size() == 1 ? Map.of() : bounded,
            () -> new EventMetricsCollector(query),
            Analytics::readMetrics)
        .result();
  }

  private String metrics(EventMetricsQuery query, TraceRange range) {
    String matching =
        within(query.from(), query.to())
            + (query.actorId() == null ? "" : " AND actor_id = " + Sql.text(query.actorId()))
            + (query.eventType() == null ? "" : " AND event_type = " + Sql.text(query.eventType()));
    return """
    WITH %1$s SELECT %2$s AS bucket, actor_id, event_type, class, count(), %3$s \
    FROM %4$s GROUP BY bucket, actor_id, event_type, class\
    """
        .formatted(
            EventSums.LATENCY_CLASS,
            EventSums.step(query.bucket().toNanos()),
            EventSums.SUMS,
            newest("ts, actor_id, event_type, exec_ns, msg_size", query.flowId(), matching, range));
  }

  private static Consumer<EventMetricsCollector> readMetrics(RowInput row) throws IOException {
    long bucket = row.i64();
    String actorId = row.text();
    String eventType = row.text();
    int latencyClass = row.u16();
    long count = row.i64();
    BigInteger executionNs = row.u128();
    long maxExecutionNs = row.i64();
    BigInteger messageBytes = row.u128();
    return all ->
        all.add(
            bucket,
            actorId,
            eventType,
            latencyClass,
            count,
            executionNs,
            maxExecutionNs,
            messageBytes);
  }

  public List<ActorEdge> actorGraph(ActorGraphQuery query) {
    String within = within(query.from(), query.to());
    String messages = "event_type IN ('DataFlow', 'MessageReceived', 'MessageSent') AND " + within;
    return collect(
            ranges(query.flowId(), messages),
            range -> graph(query, within, range),
            bounded,
            () -> new ActorGraphCollector(query),
            Analytics::readEdge)
        .result();
  }

  private String graph(ActorGraphQuery query, String within, TraceRange range) {
    String columns = "trace_id, ids, ts, event_type, actor_id, to_actor, flags, msg_size";
    String received = "event_type = 'MessageReceived' AND bitTest(flags, 0) AND " + within;
    String sent = "event_type = 'MessageSent'" + ofReceipts(query, within, range);
    return """
    SELECT actor_id, to_actor, count(), sum(toUInt128(msg_size)), countIf(bitTest(flags, 9)) \
    FROM %1$s GROUP BY actor_id, to_actor \
    UNION ALL \
    SELECT sent.actor_id AS sender, received.actor_id AS receiver, count(), \
    sum(toUInt128(if(bitTest(received.flags, 4), received.msg_size, sent.msg_size))), \
    countIf(bitTest(received.flags, 9)) FROM \
    (SELECT trace_id, ids[2] AS id, actor_id, flags, msg_size FROM %2$s) AS received INNER JOIN \
    (SELECT trace_id, ids[1] AS id, actor_id, msg_size FROM %3$s) AS sent \
    ON received.trace_id = sent.trace_id AND received.id = sent.id GROUP BY sender, receiver\
    """
        .formatted(
            newest(columns, query.flowId(), within + " AND event_type = 'DataFlow'", range),
            newest(columns, query.flowId(), received, range),
            newest(columns, query.flowId(), sent, range));
  }

  private static Consumer<ActorGraphCollector> readEdge(RowInput row) throws IOException {
    String from = row.text();
    String to = row.text();
    long count = row.i64();
    BigInteger bytes = row.u128();
    long errors = row.i64();
    return all -> all.add(from, to, count, bytes, errors);
  }

  /**
   * Reads one row.
   *
   * @param <C> what it is added to
   */
  @FunctionalInterface
  private interface Row<C> {
    Consumer<C> read(RowInput in) throws IOException;
  }

  /** Adds up what is answered for each range. */
  private <C> C collect(
      List<TraceRange> ranges,
      Function<TraceRange, String> sql,
      Map<String, String> settings,
      Supplier<C> none,
      Row<C> row) {
    C all = none.get();
    for (TraceRange range : ranges) {
      List<Consumer<C>> sums =
          server.query(sql.apply(range), settings, in -> readAll(in, none.get(), row));
      sums.forEach(sum -> sum.accept(all));
    }
    return all;
  }

  /**
   * An answer that breaks off is read again, so it is added up only when it is whole.
   *
   * @param bound refuses what has too many rows
   */
  private static <C> List<Consumer<C>> readAll(RowInput in, C bound, Row<C> row)
      throws IOException {
    List<Consumer<C>> sums = new ArrayList<>();
    while (in.hasNext()) {
      Consumer<C> sum = row.read(in);
      sum.accept(bound);
      sums.add(sum);
    }
    return sums;
  }

  /**
   * Ranges of traces for which a statement fits into its memory.
   *
   * @param joined which events it joins; null for none
   */
  private List<TraceRange> ranges(@Nullable String flowId, @Nullable String joined) {
    List<String> held = new ArrayList<>();
    held.add(REPEATED);
    if (flowId != null) {
      held.add(ofFlow(flowId));
    }
    if (joined != null) {
      held.add(Sections.TRACE_ROWS + " AND notEmpty(ids) AND " + joined);
    }
    List<TraceRange> ranges = TraceRange.ALL.divide(server, records, held, mostRows);
    boolean repeats = server.query(repeated(TraceRange.ALL) + " LIMIT 1", row -> row.hasNext());
    return repeats ? ranges.stream().flatMap(this::divideByRepeated).toList() : ranges;
  }

  /** All versions of events are compared where any event of a trace was stored again. */
  private Stream<TraceRange> divideByRepeated(TraceRange range) {
    String compared = Sections.TRACE_ROWS + " AND trace_id IN (" + repeated(range) + ")";
    return range.divide(server, records, List.of(compared), mostRows).stream();
  }

  private static String ofFlow(String flowId) {
    return "section = 'flow' AND name = " + Sql.text(flowId);
  }

  /** Within a range of time, only what was received in it needs what was sent. */
  private String ofReceipts(ActorGraphQuery query, String within, TraceRange range) {
    return query.from() == null && query.to() == null
        ? ""
        : " AND trace_id IN (SELECT trace_id FROM %s WHERE %s AND event_type = 'MessageReceived' AND %s%s)"
            .formatted(records, Sections.TRACE_ROWS, within, range.and());
  }

  private static String within(@Nullable Instant from, @Nullable Instant to) {
    return "1"
        + (from == null ? "" : " AND %s >= %d".formatted(Sql.nanos("ts"), EpochNanos.of(from)))
        + (to == null ? "" : " AND %s <= %d".formatted(Sql.nanos("ts"), EpochNanos.of(to)));
  }

  private String repeated(TraceRange range) {
    return "SELECT trace_id FROM %s WHERE %s%s".formatted(records, REPEATED, range.and());
  }

  /** The newest versions of the events in {@code range} that match, as a table. */
  private String newest(
      String columns, @Nullable String flowId, String matching, TraceRange range) {
    String rows =
        "FROM %s WHERE %s%s AND notEmpty(ids)%s"
            .formatted(
                records,
                Sections.TRACE_ROWS,
                range.and(),
                flowId == null
                    ? ""
                    : " AND trace_id IN (SELECT trace_id FROM %s WHERE %s%s)"
                        .formatted(records, ofFlow(flowId), range.and()));
    return """
    (SELECT %1$s %2$s AND trace_id NOT IN (%3$s) AND %4$s UNION ALL \
    SELECT %1$s FROM (SELECT %1$s %2$s AND trace_id IN (%3$s) \
    ORDER BY trace_id, ids[1], rev DESC LIMIT 1 BY trace_id, ids[1]) WHERE %4$s)\
    """
        .formatted(columns, rows, repeated(range), matching);
  }
}

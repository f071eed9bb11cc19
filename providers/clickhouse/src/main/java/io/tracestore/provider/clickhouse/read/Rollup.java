package io.tracestore.provider.clickhouse.read;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.clickhouse.Rollups;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.EventSums;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.sql.Sql;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sums of the events by step of time, flow, actor and type, which the server keeps as a projection:
 * beside the rows of each part the sums over just those rows. The operation that makes, merges or
 * removes a part does the same with its sums; they cannot differ from the rows.
 *
 * <p>They count every row, also those of events that were stored again with other contents, until a
 * merge drops the outdated ones. So the rows of traces where that happened are read as well, and
 * the outdated ones among them are taken away. Where that leaves a longest time unknown, there is
 * no answer: {@link RollupAnswer}.
 *
 * @see <a
 *     href="https://clickhouse.com/docs/engines/table-engines/mergetree-family/mergetree#projections">projections</a>
 */
public final class Rollup {
  /** Sums over what is stored are made in the server's background. */
  private static final Map<String, String> IN_BACKGROUND = Map.of("mutations_sync", "0");

  private static final String WITH = "WITH " + EventSums.LATENCY_CLASS + " ";

  private final long stepNanos;
  private final String name;
  private final String step;

  public Rollup(Rollups rollups) {
    stepNanos = nanos(rollups);
    name = "metrics_by_" + rollups.name().toLowerCase(Locale.ROOT);
    step = EventSums.step(stepNanos);
  }

  private static long nanos(Rollups rollups) {
    return switch (rollups) {
      case NONE -> throw new IllegalArgumentException("no sums are kept");
      case MINUTE -> TimeUnit.MINUTES.toNanos(1);
      case HOUR -> TimeUnit.HOURS.toNanos(1);
    };
  }

  /** Makes the projection, also over what is stored already, if it is not there. */
  public void prepare(Server server, Schema schema) {
    boolean exists =
        server.query(
            "SELECT count() FROM system.projections WHERE database = %s AND table = %s AND name = %s"
                .formatted(
                    Sql.text(schema.database()), Sql.text(schema.localName()), Sql.text(name)),
            row -> row.hasNext() && row.i64() > 0);
    String alter = "ALTER TABLE %s %s ".formatted(schema.localRecords(), schema.onCluster());
    if (exists) {
      if (isUnfinished(server, schema)) {
        server.execute(alter + "MATERIALIZE PROJECTION " + name, IN_BACKGROUND);
      }
      return;
    }
    server.execute(
        alter
            + "MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild',"
            + " lightweight_mutation_projection_mode = 'rebuild'");
    String keys = "section, %s, flow_id, actor_id, event_type".formatted(step);
    server.execute(
        alter
            + "ADD PROJECTION IF NOT EXISTS %s (%sSELECT %s, %s, %s GROUP BY %s)"
                .formatted(name, WITH, keys, EventSums.SUMS, EventSums.CLASSES, keys));
    server.execute(alter + "MATERIALIZE PROJECTION " + name, IN_BACKGROUND);
  }

  /** Whether rows are without sums, and nothing makes them: the open that began it ended early. */
  private boolean isUnfinished(Server server, Schema schema) {
    return server.query(
        """
        SELECT (SELECT count() FROM system.parts WHERE active AND database = %1$s AND table = %2$s \
        AND NOT has(projections, %3$s)) > 0 AND (SELECT count() FROM system.mutations \
        WHERE NOT is_done AND database = %1$s AND table = %2$s AND position(command, %3$s) > 0) = 0\
        """
            .formatted(Sql.text(schema.database()), Sql.text(schema.localName()), Sql.text(name)),
        row -> row.hasNext() && row.u8() != 0);
  }

  /** Whether the steps add up to what {@code query} asks for. */
  public boolean covers(EventMetricsQuery query) {
    return query.bucket().toNanos() % stepNanos == 0
        && (query.from() == null || Math.floorMod(EpochNanos.of(query.from()), stepNanos) == 0)
        && (query.to() == null
            || Math.floorMod(EpochNanos.of(query.to()), stepNanos) == stepNanos - 1)
        // Events whose trace is not stored yet have the empty one.
        && !"".equals(query.flowId());
  }

  /** The answer, if the sums give it. */
  public Optional<List<EventMetrics>> eventMetrics(
      Server server, String records, EventMetricsQuery query) {
    return server.query(sql(records, query), row -> read(row, query).result());
  }

  private static RollupAnswer read(RowInput row, EventMetricsQuery query) throws IOException {
    RollupAnswer answer = new RollupAnswer(query);
    while (row.hasNext()) {
      RollupAnswer.Part part = RollupAnswer.Part.of(row.u8());
      answer.add(
          part,
          new RollupAnswer.Key(row.i64(), row.text(), row.text()),
          RollupAnswer.Sums.read(row));
    }
    return answer;
  }

  public String sql(String records, EventMetricsQuery query) {
    long steps = query.bucket().toNanos() / stepNanos;
    String bucket = EventSums.floorDiv("(" + step + ")", steps);
    String sums =
        "%s AS bucket, actor_id, event_type, %s, %s"
            .formatted(bucket, EventSums.SUMS, EventSums.CLASSES);
    String by = "GROUP BY part, bucket, actor_id, event_type";
    String matching = matching(query);
    String ofFlow = ofFlow(records, query.flowId());
    String repeated = "SELECT trace_id FROM %s WHERE section = 'repeated'".formatted(records);
    String counted = query.flowId() == null ? "1" : "flow_id = " + Sql.text(query.flowId());
    String kept =
        WITH
            + "SELECT toUInt8(0) AS part, %s FROM %s WHERE section = 'trace' AND event_type != '' AND %s AND %s %s"
                .formatted(sums, records, counted, matching, by);
    String corrections =
        WITH
            + """
            SELECT toUInt8(if(newest = counted, 3, if(newest, 2, 1))) AS part, %1$s FROM \
            (SELECT ts, actor_id, event_type, exec_ns, msg_size, %2$s AS counted, \
            row_number() OVER (PARTITION BY trace_id, ids[1] ORDER BY rev DESC) = 1 AS newest \
            FROM %3$s WHERE %4$s AND notEmpty(ids) AND trace_id IN (%5$s)%6$s) \
            WHERE (newest OR counted) AND %7$s %8$s\
            """
                .formatted(
                    sums, counted, records, Sections.TRACE_ROWS, repeated, ofFlow, matching, by);
    if (query.flowId() == null) {
      return kept + " UNION ALL " + corrections;
    }
    String early =
        WITH
            + """
            SELECT toUInt8(2) AS part, %1$s FROM %2$s WHERE %3$s AND notEmpty(ids) AND day = %4$d%5$s \
            AND trace_id NOT IN (%6$s) AND %7$s %8$s\
            """
                .formatted(
                    sums, records, Sections.TRACE_ROWS, Day.EARLY, ofFlow, repeated, matching, by);
    return kept + " UNION ALL " + corrections + " UNION ALL " + early;
  }

  private static String ofFlow(String records, @Nullable String flowId) {
    return flowId == null
        ? ""
        : " AND trace_id IN (SELECT trace_id FROM %s WHERE section = 'flow' AND name = %s)"
            .formatted(records, Sql.text(flowId));
  }

  /** By nothing but what the projection has. */
  private String matching(EventMetricsQuery query) {
    StringBuilder all = new StringBuilder("1");
    addStep(all, " >= ", query.from());
    addStep(all, " <= ", query.to());
    if (query.actorId() != null) {
      all.append(" AND actor_id = ").append(Sql.text(query.actorId()));
    }
    if (query.eventType() != null) {
      all.append(" AND event_type = ").append(Sql.text(query.eventType()));
    }
    return all.toString();
  }

  private void addStep(StringBuilder all, String comparison, @Nullable Instant bound) {
    if (bound != null) {
      long number = Math.floorDiv(EpochNanos.of(bound), stepNanos);
      all.append(" AND (").append(step).append(')').append(comparison).append(number);
    }
  }
}

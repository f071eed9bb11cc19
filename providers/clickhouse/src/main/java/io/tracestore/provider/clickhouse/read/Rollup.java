package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.Records.ACTOR_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.DAY;
import static io.tracestore.provider.clickhouse.jooq.Records.EVENT_TYPE;
import static io.tracestore.provider.clickhouse.jooq.Records.EXEC_NS;
import static io.tracestore.provider.clickhouse.jooq.Records.FLAGS;
import static io.tracestore.provider.clickhouse.jooq.Records.FLOW_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.IDS;
import static io.tracestore.provider.clickhouse.jooq.Records.MSG_SIZE;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.SECTION;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.TS;
import static io.tracestore.provider.clickhouse.read.RollupAnswer.Part.CONFIRMED;
import static io.tracestore.provider.clickhouse.read.RollupAnswer.Part.KEPT;
import static io.tracestore.provider.clickhouse.read.RollupAnswer.Part.MISSING;
import static io.tracestore.provider.clickhouse.read.RollupAnswer.Part.OUTDATED;
import static io.tracestore.provider.clickhouse.schema.Sections.REPEATED;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.schema.Sections.ofFlow;
import static io.tracestore.provider.clickhouse.schema.SystemTables.ACTIVE;
import static io.tracestore.provider.clickhouse.schema.SystemTables.COMMAND;
import static io.tracestore.provider.clickhouse.schema.SystemTables.IS_DONE;
import static io.tracestore.provider.clickhouse.schema.SystemTables.MUTATIONS;
import static io.tracestore.provider.clickhouse.schema.SystemTables.PARTS;
import static io.tracestore.provider.clickhouse.schema.SystemTables.PART_PROJECTIONS;
import static io.tracestore.provider.clickhouse.schema.SystemTables.PROJECTIONS;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.addProjection;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.contains;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.fillProjection;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.floorDiv;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.hasText;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idAt;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.notEmpty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.rebuildProjections;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.u8;
import static org.jooq.impl.DSL.and;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.partitionBy;
import static org.jooq.impl.DSL.rowNumber;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.clickhouse.Rollups;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.jooq.Records;
import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.schema.SystemTables;
import io.tracestore.provider.clickhouse.sql.Types;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.QueryPart;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

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

  private static final Field<Boolean> COUNTED = field(name("counted"), SQLDataType.BOOLEAN);
  private static final Field<Boolean> NEWEST = field(name("newest"), SQLDataType.BOOLEAN);

  private final long stepNanos;
  private final String projection;
  private final Field<Long> step;

  public Rollup(Rollups rollups) {
    stepNanos = nanos(rollups);
    projection = "metrics_by_" + rollups.name().toLowerCase(Locale.ROOT);
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
            select(count())
                .from(PROJECTIONS)
                .where(schema.ofLocalRecords(), SystemTables.NAME.eq(projection)),
            row -> row.hasNext() && row.i64() > 0);
    Records records = schema.localRecords();
    QueryPart onCluster = schema.onCluster();
    if (exists) {
      if (isUnfinished(server, schema)) {
        server.execute(fillProjection(records, onCluster, projection), IN_BACKGROUND);
      }
      return;
    }
    server.execute(rebuildProjections(records, onCluster));
    List<Field<?>> sums = new ArrayList<>(EventSums.SUMS);
    sums.add(EventSums.CLASSES);
    server.execute(
        addProjection(
            records,
            onCluster,
            projection,
            List.of(SECTION, step, FLOW_ID, ACTOR_ID, EVENT_TYPE),
            sums));
    server.execute(fillProjection(records, onCluster, projection), IN_BACKGROUND);
  }

  /** Whether rows are without sums, and nothing makes them: the open that began it ended early. */
  private boolean isUnfinished(Server server, Schema schema) {
    Select<Record1<Integer>> without =
        select(count())
            .from(PARTS)
            .where(
                condition(ACTIVE),
                schema.ofLocalRecords(),
                not(hasText(PART_PROJECTIONS, val(projection, Types.TEXT))));
    Select<Record1<Integer>> beingMade =
        select(count())
            .from(MUTATIONS)
            .where(
                not(condition(IS_DONE)),
                schema.ofLocalRecords(),
                contains(COMMAND, val(projection, Types.TEXT)));
    return server.query(
        select(u8(and(field(without).gt(0), field(beingMade).eq(0)))),
        row -> row.hasNext() && row.u8() != 0);
  }

  /** Whether the steps add up to what {@code query} asks for. */
  public boolean covers(EventMetricsQuery query) {
    return query.metrics().size() == 1 // sums are kept of execution times alone
        && query.bucket().toNanos() % stepNanos == 0
        && (query.from() == null || Math.floorMod(EpochNanos.of(query.from()), stepNanos) == 0)
        && (query.to() == null
            || Math.floorMod(EpochNanos.of(query.to()), stepNanos) == stepNanos - 1)
        // Events whose trace is not stored yet have the empty one.
        && !"".equals(query.flowId());
  }

  /** The answer, if the sums give it. */
  Optional<List<EventMetrics>> eventMetrics(Server server, EventMetricsQuery query) {
    return server.query(sums(query), row -> read(row, query).result());
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

  /** The kept sums and what corrects them, each with its {@link RollupAnswer.Part}. */
  Select<?> sums(EventMetricsQuery query) {
    Condition matching = matching(query);
    Select<Record> all = kept(query, matching).unionAll(corrections(query, matching));
    return query.flowId() == null ? all : all.unionAll(early(query, matching));
  }

  /** By nothing but what the projection has. */
  private Select<Record> kept(EventMetricsQuery query, Condition matching) {
    Field<Integer> part = u8(val(KEPT.number())).as("part");
    return select(columns(part, query))
        .from(RECORDS)
        .where(SECTION.eq(Section.TRACE), EVENT_TYPE.ne(""), isCounted(query), matching)
        .groupBy(keys(part, query));
  }

  /** The versions of events that were stored again: those that count, and the others. */
  private Select<Record> corrections(EventMetricsQuery query, Condition matching) {
    Table<?> versions =
        select(TS, ACTOR_ID, EVENT_TYPE, FLAGS, EXEC_NS, MSG_SIZE)
            .select(field(isCounted(query)).as(COUNTED), field(isNewest()).as(NEWEST))
            .from(RECORDS)
            .where(TRACE_ROWS, notEmpty(IDS), TRACE_ID.in(repeated()), ofFlowOf(query))
            .asTable("versions");
    Field<Integer> part =
        u8(when(NEWEST.eq(COUNTED), CONFIRMED.number())
                .when(condition(NEWEST), MISSING.number())
                .otherwise(OUTDATED.number()))
            .as("part");
    return select(columns(part, query))
        .from(versions)
        .where(condition(NEWEST).or(condition(COUNTED)), matching)
        .groupBy(keys(part, query));
  }

  /** Early events of the flow's traces: their rows do not name it. */
  private Select<Record> early(EventMetricsQuery query, Condition matching) {
    Field<Integer> part = u8(val(MISSING.number())).as("part");
    return select(columns(part, query))
        .from(RECORDS)
        .where(TRACE_ROWS, notEmpty(IDS), DAY.eq(Day.EARLY), ofFlowOf(query))
        .and(TRACE_ID.notIn(repeated()))
        .and(matching)
        .groupBy(keys(part, query));
  }

  private List<Field<?>> columns(Field<?> part, EventMetricsQuery query) {
    List<Field<?>> columns = new ArrayList<>(keys(part, query));
    columns.addAll(EventSums.SUMS);
    columns.add(EventSums.CLASSES);
    return columns;
  }

  private List<Field<?>> keys(Field<?> part, EventMetricsQuery query) {
    Field<Long> bucket = floorDiv(step, query.bucket().toNanos() / stepNanos).as("bucket");
    return List.of(part, bucket, ACTOR_ID, EVENT_TYPE);
  }

  /** Whether the kept sums of the flow have a row. */
  private static Condition isCounted(EventMetricsQuery query) {
    return query.flowId() == null ? trueCondition() : FLOW_ID.eq(query.flowId());
  }

  private static Condition isNewest() {
    return rowNumber().over(partitionBy(TRACE_ID, idAt(IDS, 1)).orderBy(REV.desc())).eq(1);
  }

  private static Select<Record1<UUID>> repeated() {
    return select(TRACE_ID).from(RECORDS).where(REPEATED);
  }

  private static Condition ofFlowOf(EventMetricsQuery query) {
    return query.flowId() == null
        ? noCondition()
        : TRACE_ID.in(select(TRACE_ID).from(RECORDS).where(ofFlow(query.flowId())));
  }

  private Condition matching(EventMetricsQuery query) {
    return and(
        query.from() == null ? noCondition() : step.ge(stepOf(query.from())),
        query.to() == null ? noCondition() : step.le(stepOf(query.to())),
        query.actorId() == null ? noCondition() : ACTOR_ID.eq(query.actorId()),
        query.eventType() == null ? noCondition() : EVENT_TYPE.eq(query.eventType()));
  }

  private long stepOf(Instant time) {
    return Math.floorDiv(EpochNanos.of(time), stepNanos);
  }
}

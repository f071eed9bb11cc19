package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.unnest;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.select;

import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.sql.Columns;
import io.tracestore.provider.postgresql.sql.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Field;
import org.jooq.InsertResultStep;
import org.jooq.JSONB;
import org.jooq.Record1;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** New rows of {@code traces}, column by column, as {@code unnest} takes them. */
final class TraceColumns {
  private static final Traces T = TRACES.as("t");

  /** In the order of the parameters. */
  private static final List<Field<?>> COLUMNS =
      List.of(
          T.TRACE_ID,
          T.START_NS,
          T.DURATION_NS,
          T.EXECUTION_ID,
          T.LAST_EVENT_ID,
          T.START_HOUR,
          T.STATUS,
          T.FLOW_ID,
          T.LABELS,
          T.FACETS,
          T.BODY,
          T.TERMS);

  /** How many parameters {@link #addTraces} has. */
  static final int PARAMETERS = COLUMNS.size();

  private final UUID[] traceIds;
  private final @Nullable Long[] startNs;
  private final @Nullable Long[] durationNs;
  private final @Nullable UUID[] executionIds;
  private final @Nullable UUID[] lastEventIds;
  private final Integer[] startHours;
  private final @Nullable Short[] statuses;
  private final @Nullable String[] flowIds;
  private final @Nullable String[] labels;
  private final String[] facets;
  private final byte[][] bodies;
  private final String[] terms;
  private int count;

  /** JSON, and arrays: an array of arrays would need all of one length. */
  private static boolean comesAsText(Field<?> column) {
    return column.getType() == JSONB.class || column.getDataType().isArray();
  }

  private static Field<?> given(Field<?> column) {
    return comesAsText(column)
        ? Columns.of("new", column.getName(), SQLDataType.CLOB)
        : Columns.of("new", column);
  }

  private static Field<?> stored(Field<?> column) {
    return comesAsText(column) ? given(column).cast(column) : given(column);
  }

  /** Adds the traces that are not there, and returns their ids. */
  static InsertResultStep<Record1<UUID>> addTraces() {
    Field<?>[] given = COLUMNS.stream().map(TraceColumns::given).toArray(Field<?>[]::new);
    return insertInto(T)
        .columns(COLUMNS)
        .select(
            select(COLUMNS.stream().map(TraceColumns::stored).toList()).from(unnest("new", given)))
        .onConflict(T.TRACE_ID)
        .doNothing()
        .returningResult(T.TRACE_ID);
  }

  /** The rows of {@code plans}. */
  static TraceColumns of(List<TracePlan> plans) {
    TraceColumns columns = new TraceColumns(plans.size());
    plans.forEach(columns::add);
    return columns;
  }

  private TraceColumns(int size) {
    traceIds = new UUID[size];
    startNs = new Long[size];
    durationNs = new Long[size];
    executionIds = new UUID[size];
    lastEventIds = new UUID[size];
    startHours = new Integer[size];
    statuses = new Short[size];
    flowIds = new String[size];
    labels = new String[size];
    facets = new String[size];
    bodies = new byte[size][];
    terms = new String[size];
  }

  private void add(TracePlan plan) {
    traceIds[count] = plan.traceId();
    lastEventIds[count] = plan.lastEventId();
    startHours[count] = plan.startHour();
    facets[count] = text(Arrays.stream(plan.facets()).mapToObj(Integer::toString));
    terms[count] = text(Arrays.stream(plan.terms()).mapToObj(Long::toString));
    HeaderRow header = plan.newHeader();
    if (header != null) {
      startNs[count] = header.startNs();
      durationNs[count] = header.durationNs();
      executionIds[count] = header.executionId();
      statuses[count] = header.status();
      flowIds[count] = header.flowId();
      labels[count] = header.labels();
      bodies[count] = header.body();
    }
    count++;
  }

  private static String text(Stream<String> numbers) {
    return numbers.collect(Collectors.joining(",", "{", "}"));
  }

  /** Sets twelve parameters, in the order of the fields, from {@code first} on. */
  void bind(Session session, PreparedStatement statement, int first) throws SQLException {
    int index = first;
    statement.setArray(index++, session.array("uuid", traceIds));
    statement.setArray(index++, session.array("int8", startNs));
    statement.setArray(index++, session.array("int8", durationNs));
    statement.setArray(index++, session.array("uuid", executionIds));
    statement.setArray(index++, session.array("uuid", lastEventIds));
    statement.setArray(index++, session.array("int4", startHours));
    statement.setArray(index++, session.array("int2", statuses));
    statement.setArray(index++, session.array("text", flowIds));
    statement.setArray(index++, session.array("text", labels));
    statement.setArray(index++, session.array("text", facets));
    statement.setArray(index++, session.array("bytea", bodies));
    statement.setArray(index, session.array("text", terms));
  }
}

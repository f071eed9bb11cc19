package io.tracestore.provider.postgresql.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** New rows of {@code traces}, column by column, as {@code unnest} takes them. */
final class TraceColumns {
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
  private int count;

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
  }

  private void add(TracePlan plan) {
    traceIds[count] = plan.traceId();
    lastEventIds[count] = plan.lastEventId();
    startHours[count] = plan.startHour();
    facets[count] =
        Arrays.stream(plan.facets())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "{", "}"));
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

  /** Sets eleven parameters, in the order of the fields, from {@code first} on. */
  void bind(Connection connection, PreparedStatement statement, int first) throws SQLException {
    int index = first;
    statement.setArray(index++, connection.createArrayOf("uuid", traceIds));
    statement.setArray(index++, connection.createArrayOf("int8", startNs));
    statement.setArray(index++, connection.createArrayOf("int8", durationNs));
    statement.setArray(index++, connection.createArrayOf("uuid", executionIds));
    statement.setArray(index++, connection.createArrayOf("uuid", lastEventIds));
    statement.setArray(index++, connection.createArrayOf("int4", startHours));
    statement.setArray(index++, connection.createArrayOf("int2", statuses));
    statement.setArray(index++, connection.createArrayOf("text", flowIds));
    statement.setArray(index++, connection.createArrayOf("text", labels));
    statement.setArray(index++, connection.createArrayOf("text", facets));
    statement.setArray(index, connection.createArrayOf("bytea", bodies));
  }
}

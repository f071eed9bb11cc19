package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.Catalog.IS_PARTITION;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLES;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE_NAME;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.hour;
import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.cast;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.uuid;

import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jooq.Field;
import org.jooq.impl.SQLDataType;

/** Facts from the server about a store: whether it works, its size, and its partitions. */
public final class PostgresServerInfo {
  private static final Rendered WRITE =
      Rendered.of(
          insertInto(TRACES, TRACES.TRACE_ID, TRACES.START_HOUR, TRACES.FACETS)
              .values(uuid(), hour(Hours.EARLY), cast(array(new Integer[0]), TRACES.FACETS)));

  private static final Rendered READ =
      Rendered.of(
          selectOne()
              .from(EVENTS)
              .where(EVENTS.START_HOUR.eq(hour(Hours.EARLY)))
              .limit(constant(1)));

  private static final Rendered BYTES =
      Rendered.of(
          select(coalesce(sum(totalSize()), constant(0)))
              .from(TABLES)
              .where(Catalog.ofStore())
              .and(Catalog.hasRows()));

  private static final Rendered PARTITIONS =
      Rendered.of(
          select(TABLE_NAME, totalSize())
              .from(TABLES)
              .where(Catalog.ofStore())
              .and(Catalog.hasRows())
              .and(condition(IS_PARTITION)));

  private final Connections reading;
  private final Connections writing;

  public PostgresServerInfo(Connections reading, Connections writing) {
    this.reading = reading;
    this.writing = writing;
  }

  private static Field<Long> totalSize() {
    return Catalog.call("pg_total_relation_size", SQLDataType.BIGINT, TABLE);
  }

  /** Writes a row and takes it back; says on what server. */
  public String check(List<String> warnings) {
    return writing.call(session -> {
      Connection connection = session.connection();
      connection.setAutoCommit(false);
      try {
        session.execute(WRITE);
        session.list(READ, row -> row.getInt(1));
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      return "wrote to and read from PostgreSQL "
          + connection.getMetaData().getDatabaseProductVersion();
    });
  }

  public long storageBytes() {
    return reading.call(session -> session.one(BYTES, row -> row.getLong(1)));
  }

  /** The bytes that live rows take, without the space that removed rows have left. */
  public long dataBytes() {
    return reading.call(LiveSize::of);
  }

  /**
   * How many partitions there are ({@code partitions}), the bytes of each ({@code bytes in
   * events_2026112500}), and how often something was done again ({@code repeats}).
   */
  public Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>();
    counters.put("repeats", reading.repeats() + writing.repeats());
    counters.put("partitions", (long) reading.call(Partitions::list).size());
    counters.putAll(reading.call(PostgresServerInfo::partitionBytes));
    return counters;
  }

  private static Map<String, Long> partitionBytes(Session session) throws SQLException {
    return session
        .list(PARTITIONS, row -> Map.entry("bytes in " + row.getString(1), row.getLong(2)))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}

package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.unnest;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.with;

import io.tracestore.provider.postgresql.sql.Columns;
import io.tracestore.provider.postgresql.sql.Session;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jooq.CommonTableExpression;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * New rows of {@code events}, column by column, as {@code unnest} takes them. A few rows are
 * written so, in the message that adds their traces. COPY takes the server less time for each row,
 * but is two messages more.
 */
final class EventColumns implements EventRows {
  private static final List<Column> COLUMNS =
      EncodedEvents.COLUMNS.stream().map(Column::of).toList();

  private static final Field<?>[] GIVEN =
      EncodedEvents.COLUMNS.stream()
          .map(column -> Columns.of("event", column))
          .toArray(Field<?>[]::new);

  private final List<List<@Nullable Object>> values =
      COLUMNS.stream().<List<@Nullable Object>>map(column -> new ArrayList<>()).toList();

  /**
   * A column.
   *
   * @param array makes an array of its type
   */
  private record Column(
      String type, IntFunction<@Nullable Object[]> array, Function<ByteBuffer, Object> reader) {
    static Column of(Field<?> field) {
      Class<?> type = field.getType();
      if (type == UUID.class) {
        return new Column("uuid", UUID[]::new, row -> new UUID(row.getLong(), row.getLong()));
      }
      if (type == Long.class) {
        return new Column("int8", Long[]::new, ByteBuffer::getLong);
      }
      if (type == Integer.class) {
        return new Column("int4", Integer[]::new, ByteBuffer::getInt);
      }
      if (type == Short.class) {
        return new Column("int2", Short[]::new, ByteBuffer::getShort);
      }
      if (type == Boolean.class) {
        return new Column("bool", Boolean[]::new, row -> row.get() != 0);
      }
      if (type == Float.class) {
        return new Column("float4", Float[]::new, ByteBuffer::getFloat);
      }
      if (type == Double.class) {
        return new Column("float8", Double[]::new, ByteBuffer::getDouble);
      }
      if (type == byte[].class) {
        return new Column(
            "bytea",
            byte[][]::new,
            row -> {
              byte[] bytes = new byte[row.remaining()];
              row.get(bytes);
              return bytes;
            });
      }
      throw new IllegalArgumentException("no arrays of " + type);
    }
  }

  /** Adds events. */
  static Query addEvents() {
    return insertInto(EVENTS)
        .columns(EncodedEvents.COLUMNS)
        .select(select(GIVEN).from(unnest("event", GIVEN)));
  }

  /**
   * Adds the traces that are not there, and the events of these, and returns their ids. The
   * parameters are those of {@link TraceColumns}, and then these.
   */
  static Query addTracesWithEvents() {
    CommonTableExpression<?> added = name("added").as(TraceColumns.addTraces());
    Field<UUID> traceId = Columns.of("added", EVENTS.TRACE_ID);
    CommonTableExpression<?> put =
        name("put")
            .as(
                insertInto(EVENTS)
                    .columns(EncodedEvents.COLUMNS)
                    .select(
                        select(GIVEN)
                            .from(unnest("event", GIVEN))
                            .join(added)
                            .on(traceId.eq(Columns.of("event", EVENTS.TRACE_ID))))
                    .returningResult(DSL.one()));
    return with(added, put).select(traceId).from(added);
  }

  @Override
  public void write(byte[] source, int from, int length) {
    ByteBuffer rows = ByteBuffer.wrap(source, from, length);
    while (rows.hasRemaining()) {
      rows.getShort(); // the number of columns
      for (int i = 0; i < COLUMNS.size(); i++) {
        int size = rows.getInt();
        values.get(i).add(size < 0 ? null : COLUMNS.get(i).reader.apply(next(rows, size)));
      }
    }
  }

  private static ByteBuffer next(ByteBuffer rows, int size) {
    ByteBuffer value = rows.slice(rows.position(), size);
    rows.position(rows.position() + size);
    return value;
  }

  /**
   * Sets the parameters from {@code first} on. A column without any value is an empty array: what
   * an array lacks is NULL.
   */
  void bind(Session session, PreparedStatement statement, int first) throws SQLException {
    for (int i = 0; i < COLUMNS.size(); i++) {
      Column column = COLUMNS.get(i);
      List<@Nullable Object> all = values.get(i);
      @Nullable Object[] array =
          all.stream().allMatch(Objects::isNull)
              ? column.array.apply(0)
              : all.toArray(column.array);
      statement.setArray(first + i, session.array(column.type, array));
    }
  }
}

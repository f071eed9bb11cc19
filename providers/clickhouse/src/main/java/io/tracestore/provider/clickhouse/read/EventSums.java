package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.Records.EXEC_NS;
import static io.tracestore.provider.clickhouse.jooq.Records.MSG_SIZE;
import static io.tracestore.provider.clickhouse.jooq.Records.TS;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.countsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.floorDiv;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.latencyClass;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.nanos;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.sum128;
import static org.jooq.impl.DSL.max;

import java.util.List;
import org.jooq.Field;

/** The sums over events. */
final class EventSums {
  /** Their times, the longest time, and the sizes of their messages. */
  static final List<Field<?>> SUMS = List.of(sum128(EXEC_NS), max(EXEC_NS), sum128(MSG_SIZE));

  /** The class of an event's time. */
  static final Field<Integer> LATENCY_CLASS = latencyClass(EXEC_NS);

  /** How many there are of each class. */
  static final Field<Object> CLASSES = countsOf(LATENCY_CLASS);

  private EventSums() {}

  /** The step of time that an event belongs to: the whole quotient, rounded down. */
  static Field<Long> step(long stepNanos) {
    return floorDiv(nanos(TS), stepNanos);
  }
}

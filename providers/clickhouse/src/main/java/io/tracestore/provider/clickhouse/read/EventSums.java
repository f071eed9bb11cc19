package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.Records.CPU_PERCENT;
import static io.tracestore.provider.clickhouse.jooq.Records.EXEC_NS;
import static io.tracestore.provider.clickhouse.jooq.Records.FLAGS;
import static io.tracestore.provider.clickhouse.jooq.Records.MEMORY_BYTES;
import static io.tracestore.provider.clickhouse.jooq.Records.MSG_SIZE;
import static io.tracestore.provider.clickhouse.jooq.Records.QUEUE_DEPTH;
import static io.tracestore.provider.clickhouse.jooq.Records.THROUGHPUT;
import static io.tracestore.provider.clickhouse.jooq.Records.TS;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.countsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.floorDiv;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.fromOne;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.hasFlag;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.latencyClass;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.nanos;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.real;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.sum128;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.sumsBySignAndExponent;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.max;

import io.tracestore.model.PerformanceMetric;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.schema.EventFlags;
import io.tracestore.provider.support.DoubleSums;
import io.tracestore.provider.support.EventMetricsCollector.Group;
import io.tracestore.provider.support.LongSums;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.Field;

/** The sums over events. */
final class EventSums {
  /** Their times, the longest time, and the sizes of their messages. */
  static final List<Field<?>> SUMS = List.of(sum128(EXEC_NS), max(EXEC_NS), sum128(MSG_SIZE));

  /** 1 more than the class of an event's time; 0 if the time was not measured. */
  static final Field<Integer> TIME_CLASS =
      fromOne(latencyClass(EXEC_NS), FLAGS, EventFlags.EXECUTION_TIME);

  /** How many there are of each class. */
  static final Field<Object> CLASSES = countsOf(TIME_CLASS);

  private EventSums() {}

  /** The step of time that an event belongs to: the whole quotient, rounded down. */
  static Field<Long> step(long stepNanos) {
    return floorDiv(nanos(TS), stepNanos);
  }

  /** A metric's column. */
  static Field<? extends Number> column(PerformanceMetric metric) {
    return switch (metric) {
      case EXECUTION_TIME -> EXEC_NS;
      case MEMORY_USAGE -> MEMORY_BYTES;
      case CPU_USAGE -> CPU_PERCENT;
      case QUEUE_DEPTH -> QUEUE_DEPTH;
      case THROUGHPUT -> THROUGHPUT;
    };
  }

  /** For each metric but the time: how many measured it, the greatest value, and the sum. */
  static List<Field<?>> of(Set<PerformanceMetric> metrics) {
    List<Field<?>> sums = new ArrayList<>();
    for (PerformanceMetric metric : metrics) {
      switch (metric) {
        case EXECUTION_TIME -> {}
        case MEMORY_USAGE -> addLongs(sums, EventFlags.MEMORY_USAGE, MEMORY_BYTES);
        case CPU_USAGE -> addReals(sums, EventFlags.CPU_USAGE, CPU_PERCENT);
        case QUEUE_DEPTH -> addLongs(sums, EventFlags.QUEUE_DEPTH, QUEUE_DEPTH);
        case THROUGHPUT -> addReals(sums, EventFlags.THROUGHPUT, THROUGHPUT);
      }
    }
    return sums;
  }

  /** The value of a metric that was not measured is 0, which changes no sum. */
  private static void addLongs(List<Field<?>> sums, int flag, Field<Long> metric) {
    sums.add(count().filterWhere(hasFlag(FLAGS, flag)));
    sums.add(max(metric));
    sums.add(sum128(metric));
  }

  private static void addReals(List<Field<?>> sums, int flag, Field<? extends Number> metric) {
    sums.add(count().filterWhere(hasFlag(FLAGS, flag)));
    sums.add(max(real(metric)).filterWhere(hasFlag(FLAGS, flag)));
    sums.add(sumsBySignAndExponent(real(metric)));
  }

  /** Reads the columns of {@link #of}. */
  static List<Consumer<Group>> read(Set<PerformanceMetric> metrics, RowInput row)
      throws IOException {
    List<Consumer<Group>> all = new ArrayList<>();
    for (PerformanceMetric metric : metrics) {
      switch (metric) {
        case EXECUTION_TIME -> {}
        case MEMORY_USAGE -> all.add(readLongs(row, Group::memoryUsageBytes));
        case CPU_USAGE -> all.add(readReals(row, Group::cpuUsagePercent));
        case QUEUE_DEPTH -> all.add(readLongs(row, Group::queueDepth));
        case THROUGHPUT -> all.add(readReals(row, Group::throughputMsgsPerSec));
      }
    }
    return all;
  }

  private static Consumer<Group> readLongs(RowInput row, Function<Group, LongSums> sums)
      throws IOException {
    long count = row.i64();
    long max = row.i64();
    BigInteger sum = row.u128();
    return group -> sums.apply(group).add(count, sum, max);
  }

  private static Consumer<Group> readReals(RowInput row, Function<Group, DoubleSums> sums)
      throws IOException {
    long count = row.i64();
    double max = Double.longBitsToDouble(row.i64());
    int parts = row.length();
    Map<Integer, BigInteger> significands = HashMap.newHashMap(parts);
    for (int i = 0; i < parts; i++) {
      significands.put((int) (short) row.u16(), row.u128());
    }
    return group -> {
      if (count > 0) {
        DoubleSums reals = sums.apply(group);
        reals.count(count, max);
        significands.forEach(reals::addSum);
      }
    };
  }
}

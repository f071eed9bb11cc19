package io.tracestore.provider.clickhouse.read;

import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.spi.analytics.LatencyHistogram;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Combines kept sums with their corrections. Counts and sums can be subtracted; a longest time
 * cannot: if the longest of all rows was that of an outdated row, and no row that is known to count
 * has it too, the right one is not known. Not safe for several threads.
 */
final class RollupAnswer {
  /** The rows that some sums are over. */
  enum Part {
    /** All rows that the kept sums count. */
    KEPT(0),
    /** Outdated rows among these. */
    OUTDATED(1),
    /** Rows that count and are not among these. */
    MISSING(2),
    /** Rows among these that are known to count. */
    CONFIRMED(3);

    private final int number;

    Part(int number) {
      this.number = number;
    }

    /** The number by which statements name it. */
    int number() {
      return number;
    }

    static Part of(int number) {
      for (Part part : values()) {
        if (part.number == number) {
          return part;
        }
      }
      throw new IllegalArgumentException("no part of an answer: " + number);
    }
  }

  /** The key by which an answer is grouped. */
  record Key(long bucket, String actorId, String eventType) {}

  /** Sums over some rows of one key. */
  record Sums(
      BigInteger executionNs,
      long maxExecutionNs,
      BigInteger messageBytes,
      Map<Integer, Long> classes) {
    static Sums read(RowInput in) throws IOException {
      return new Sums(in.u128(), in.i64(), in.u128(), readClasses(in));
    }

    private static Map<Integer, Long> readClasses(RowInput in) throws IOException {
      int size = in.length();
      Map<Integer, Long> classes = HashMap.newHashMap(size);
      for (int i = 0; i < size; i++) {
        classes.put(in.u16(), in.i64());
      }
      return classes;
    }
  }

  private static final class Group {
    /** By {@link EventSums#TIME_CLASS}. */
    private final SortedMap<Integer, Long> classes = new TreeMap<>();

    private BigInteger executionNs = BigInteger.ZERO;
    private BigInteger messageBytes = BigInteger.ZERO;

    /** The longest times of the rows that are counted, that are outdated, and that do count. */
    private long counted = -1;

    private long outdated = -1;
    private long certain = -1;

    void add(Sums sums) {
      executionNs = executionNs.add(sums.executionNs);
      messageBytes = messageBytes.add(sums.messageBytes);
      sums.classes.forEach((number, count) -> classes.merge(number, count, Group::sum));
    }

    void subtract(Sums sums) {
      executionNs = executionNs.subtract(sums.executionNs);
      messageBytes = messageBytes.subtract(sums.messageBytes);
      sums.classes.forEach((number, count) -> classes.merge(number, -count, Group::sum));
    }

    private static Long sum(Long a, Long b) {
      return a + b;
    }

    /**
     * Whether the subtraction is consistent: no count or sum is negative, and the longest time is
     * in the last class that is left.
     */
    boolean isSound() {
      classes.values().removeIf(count -> count == 0);
      return outdated <= counted
          && executionNs.signum() >= 0
          && messageBytes.signum() >= 0
          && classes.values().stream().allMatch(count -> count > 0)
          && (classes.isEmpty()
              || classes.lastKey() == 0
              || LatencyHistogram.classOf(longest()) == classes.lastKey() - 1);
    }

    boolean knowsLongest() {
      return classes.isEmpty()
          || classes.lastKey() <= 1
          || counted > outdated
          || certain >= counted;
    }

    long longest() {
      return classes.lastKey() <= 1 ? 0 : Math.max(counted > outdated ? counted : 0, certain);
    }
  }

  private final EventMetricsQuery query;
  private final Map<Key, Group> groups = new HashMap<>();

  RollupAnswer(EventMetricsQuery query) {
    this.query = query;
  }

  void add(Part part, Key key, Sums sums) {
    Group group = groups.computeIfAbsent(key, unknown -> new Group());
    switch (part) {
      case KEPT -> {
        group.add(sums);
        group.counted = sums.maxExecutionNs;
      }
      case OUTDATED -> {
        group.subtract(sums);
        group.outdated = sums.maxExecutionNs;
      }
      case MISSING -> {
        group.add(sums);
        group.certain = Math.max(group.certain, sums.maxExecutionNs);
      }
      case CONFIRMED -> group.certain = Math.max(group.certain, sums.maxExecutionNs);
    }
  }

  /** The answer, in no order; empty if the events have to be asked. */
  Optional<List<EventMetrics>> result() {
    EventMetricsCollector collector = new EventMetricsCollector(query);
    for (Map.Entry<Key, Group> entry : groups.entrySet()) {
      Group group = entry.getValue();
      if (!group.knowsLongest() || !group.isSound()) {
        return Optional.empty();
      }
      collect(entry.getKey(), group, collector);
    }
    return Optional.of(collector.result());
  }

  /** The sums go with the last class, the longest times; the others add their numbers only. */
  private static void collect(Key key, Group group, EventMetricsCollector collector) {
    group.classes.forEach((timeClass, count) -> {
      boolean last = timeClass.equals(group.classes.lastKey());
      EventMetricsCollector.Group sums = collector.group(key.bucket, key.actorId, key.eventType);
      sums.addEvents(count, last ? group.messageBytes : BigInteger.ZERO);
      if (timeClass > 0) {
        sums.addExecutionTimes(
            timeClass - 1,
            count,
            last ? group.executionNs : BigInteger.ZERO,
            last ? group.longest() : LatencyHistogram.highestOf(timeClass - 1));
      }
    });
  }
}

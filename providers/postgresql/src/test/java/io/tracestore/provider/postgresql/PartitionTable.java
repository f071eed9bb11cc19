package io.tracestore.provider.postgresql;

import io.tracestore.testing.postgresql.PostgresServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The partitions of a store, as the server lists them; without the default and the early one. */
record PartitionTable(List<Range> ranges) {
  private static final Pattern BOUNDS =
      Pattern.compile(".*FROM \\('?(-?\\d+)'?\\) TO \\('?(-?\\d+)'?\\)");
  private static final String LIST =
      "SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
          + " WHERE i.inhparent = 'events'::regclass AND c.relname NOT IN ('events_early', 'events_default')";

  /** Hours since the epoch. */
  record Range(long from, long to) {
    long hours() {
      return to - from;
    }

    boolean contains(Instant instant) {
      long hour = Math.floorDiv(instant.getEpochSecond(), 3600L);
      return from <= hour && hour < to;
    }
  }

  static PartitionTable of(PostgresServer server, String uri) {
    List<Range> ranges = new ArrayList<>();
    for (String bounds : server.select(uri, LIST)) {
      Matcher matcher = BOUNDS.matcher(bounds);
      if (matcher.matches()) {
        ranges.add(new Range(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
      }
    }
    ranges.sort(Comparator.comparingLong(Range::from));
    return new PartitionTable(ranges);
  }

  Range around(Instant instant) {
    return ranges.stream().filter(range -> range.contains(instant)).findFirst().orElseThrow();
  }
}

package io.tracestore.provider.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The partitions of the table of events, which several processes look after at once: whoever makes
 * or drops one holds a lock that every writer holds shared.
 *
 * <p>Partitions of any width stand side by side, so that the interval may change; a new one never
 * reaches into its neighbours. What no partition takes is in {@code events_default}; rows there
 * move when a partition is made for them.
 */
final class Partitions {
  /** How many intervals ahead of now there is a partition. */
  private static final int AHEAD = 2;

  /**
   * How many intervals back a late trace still gets one; older ones go to the default partition.
   */
  private static final int BACK = 30;

  private static final Pattern BOUNDS =
      Pattern.compile(".*FROM \\('?(-?\\d+)'?\\) TO \\('?(-?\\d+)'?\\)");

  private static final String LIST =
      "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i"
          + " JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'events'::regclass";

  private static final String REMOVE_TRACES =
      "DELETE FROM traces WHERE start_ns >= ? AND start_ns <= ?";

  /** A partition that takes a range of hours, by whomever it was made. */
  record Partition(String table, HourRange range) {}

  private final Connections connections;
  private final PostgresConfig config;
  private final long maintenanceLock;
  private final Clock clock;
  private volatile List<Partition> known = List.of();

  Partitions(Connections connections, PostgresConfig config, long maintenanceLock, Clock clock) {
    this.connections = connections;
    this.config = config;
    this.maintenanceLock = maintenanceLock;
    this.clock = clock;
  }

  /** Makes what is missing for now and the next intervals. */
  void makeAhead() {
    int now = HourRange.hour(clock.instant());
    makeFor(
        IntStream.rangeClosed(0, AHEAD)
            .mapToObj(i -> config.partitionInterval().shift(now, i))
            .toList());
  }

  /** Makes what is missing for traces that start in {@code hours}, if they are not too far away. */
  void makeFor(Collection<Integer> hours) {
    if (!config.partitioning() || !config.autoCreatePartitions()) {
      return;
    }
    List<Integer> missing =
        hours.stream().filter(hour -> isNear(hour) && !isIn(known, hour)).toList();
    if (!missing.isEmpty()) {
      known =
          connections.inLongTransaction(connection -> {
            lock(connection);
            List<Partition> existing = list(connection);
            for (int hour : missing) {
              if (!isIn(existing, hour)) {
                make(connection, gapAround(hour, existing));
                existing = list(connection);
              }
            }
            return existing;
          });
    }
  }

  private boolean isNear(int hour) {
    int now = HourRange.hour(clock.instant());
    PartitionInterval interval = config.partitionInterval();
    int oldest = Math.min(interval.shift(now, -BACK), now - 24 * config.partitionRetentionDays());
    return hour >= oldest && hour < interval.shift(now, AHEAD + 1);
  }

  private static boolean isIn(List<Partition> partitions, int hour) {
    return partitions.stream().anyMatch(partition -> partition.range().contains(hour));
  }

  /** The interval around {@code hour}, as far as no partition has a part of it. */
  private HourRange gapAround(int hour, List<Partition> existing) {
    HourRange interval = config.partitionInterval().around(hour);
    int from = interval.from();
    int to = interval.to();
    for (Partition partition : existing) {
      if (partition.range().to() <= hour) {
        from = Math.max(from, partition.range().to());
      } else {
        to = Math.min(to, partition.range().from());
      }
    }
    return new HourRange(from, to);
  }

  private static void make(Connection connection, HourRange range) throws SQLException {
    String table = Connections.quoted(range.tableName());
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE %s (LIKE events INCLUDING DEFAULTS INCLUDING STORAGE)".formatted(table));
      statement.execute(
          """
          WITH moved AS (
            DELETE FROM events_default WHERE start_hour >= %d AND start_hour < %d RETURNING *)
          INSERT INTO %s SELECT * FROM moved\
          """
              .formatted(range.from(), range.to(), table));
      statement.execute(
          "ALTER TABLE events ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)"
              .formatted(table, range.from(), range.to()));
    }
  }

  /**
   * Drops the partitions that hold only traces that started at {@code lastNs} or earlier, each with
   * the headers of its traces.
   *
   * @return how many traces that were
   */
  long dropUntil(long lastNs) {
    long removed = 0;
    for (Partition partition : connections.call(Partitions::list)) {
      if (partition.range().lastNanos() <= lastNs) {
        removed += connections.inLongTransaction(connection -> drop(connection, partition));
      }
    }
    known = connections.call(Partitions::list);
    return removed;
  }

  private long drop(Connection connection, Partition partition) throws SQLException {
    lock(connection);
    if (!list(connection).contains(partition)) {
      return 0; // another process was faster
    }
    long removed;
    try (PreparedStatement statement = connection.prepareStatement(REMOVE_TRACES)) {
      statement.setLong(1, partition.range().firstNanos());
      statement.setLong(2, partition.range().lastNanos());
      removed = statement.executeLargeUpdate();
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE " + Connections.quoted(partition.table()));
    }
    return removed;
  }

  private void lock(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
      statement.setLong(1, maintenanceLock);
      statement.execute();
    }
  }

  /** All partitions but the default one and that of early events, oldest first. */
  static List<Partition> list(Connection connection) throws SQLException {
    List<Partition> partitions = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(LIST)) {
      while (rows.next()) {
        String bound = rows.getString(2);
        if (bound == null) {
          continue; // dropped while the list was read
        }
        Matcher bounds = BOUNDS.matcher(bound);
        if (bounds.matches()) {
          partitions.add(
              new Partition(
                  rows.getString(1),
                  new HourRange(
                      Integer.parseInt(bounds.group(1)), Integer.parseInt(bounds.group(2)))));
        }
      }
    }
    partitions.sort(Comparator.comparingInt(partition -> partition.range().from()));
    return partitions;
  }
}

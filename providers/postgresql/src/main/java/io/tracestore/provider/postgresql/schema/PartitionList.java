package io.tracestore.provider.postgresql.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that a store has at some moment, but for the two that every store has. No two
 * overlap.
 *
 * @param all oldest first
 */
public record PartitionList(List<Partition> all) {
  /**
   * How many partitions a statement touches at most. Each of them, and each of its indexes, takes a
   * place in the server's table of locks, which has room for some thousand.
   */
  public static final int AT_ONCE = 64;

  /**
   * A partition that takes a range of hours, by whomever it was made.
   *
   * @param schema of the table, which may be another one than the store's
   */
  public record Partition(String schema, String name, HourRange range) {
    Table<?> table() {
      return DSL.table(DSL.name(schema, name));
    }

    @Override
    public String toString() {
      return schema + "." + name;
    }
  }

  public PartitionList {
    all = all.stream().sorted(Comparator.comparingInt(one -> one.range().from())).toList();
  }

  public int size() {
    return all.size();
  }

  public boolean contains(int hour) {
    return at(hour) != null;
  }

  private @Nullable Partition at(int hour) {
    int index = indexBefore(hour);
    return index >= 0 && all.get(index).range().contains(hour) ? all.get(index) : null;
  }

  /** The last that begins at {@code hour} or earlier; -1 if there is none. */
  private int indexBefore(int hour) {
    int low = 0;
    int high = all.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all.get(middle).range().from() <= hour) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** The hour that the events of a trace have that starts in {@code hour}. */
  public int homeOf(int hour) {
    return contains(hour) ? hour : Hours.UNPARTITIONED;
  }

  /** The part of {@code wanted} around {@code hour} of which no partition has anything. */
  HourRange gapAround(int hour, HourRange wanted) {
    int index = indexBefore(hour);
    int from = index < 0 ? wanted.from() : Math.max(wanted.from(), all.get(index).range().to());
    int to =
        index + 1 == all.size()
            ? wanted.to()
            : Math.min(wanted.to(), all.get(index + 1).range().from());
    return new HourRange(from, to);
  }

  /** All of {@code hours} once, in groups that touch few partitions each. */
  public List<List<Integer>> groups(Collection<Integer> hours) {
    List<List<Integer>> groups = new ArrayList<>();
    NavigableMap<Integer, List<Integer>> group = new TreeMap<>();
    for (int hour : new TreeSet<>(hours)) {
      Partition home = at(hour);
      int key = home == null ? hour : home.range().from();
      if (group.size() == AT_ONCE && !group.containsKey(key)) {
        groups.add(group.values().stream().flatMap(List::stream).toList());
        group.clear();
      }
      group.computeIfAbsent(key, first -> new ArrayList<>()).add(hour);
    }
    if (!group.isEmpty()) {
      groups.add(group.values().stream().flatMap(List::stream).toList());
    }
    return groups;
  }

  /** All hours there are, as ranges that touch few partitions each. */
  public List<HourRange> ranges() {
    List<HourRange> ranges = new ArrayList<>();
    int from = Integer.MIN_VALUE;
    for (int next = AT_ONCE; next < all.size(); next += AT_ONCE) {
      int to = all.get(next).range().from();
      ranges.add(new HourRange(from, to));
      from = to;
    }
    ranges.add(new HourRange(from, Integer.MAX_VALUE));
    return ranges;
  }

  /** Whether a partition of this list is not in {@code later}. */
  public boolean hasOneThatIsNotIn(PartitionList later) {
    return !later.all.containsAll(all);
  }
}

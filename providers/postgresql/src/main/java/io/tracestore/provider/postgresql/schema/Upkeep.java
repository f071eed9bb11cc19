package io.tracestore.provider.postgresql.schema;

import io.tracestore.spi.TraceStoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The record of the background work of a store: which of it fails now, for its health, and how
 * often it failed, for its counters. Safe for many threads.
 */
public final class Upkeep {
  /** The kinds of work, with what a failure means for the store. */
  public enum Work {
    PARTITIONS("no partitions can be made, their events go to events_default"),
    PARTITIONS_AHEAD("no partitions can be made ahead"),
    RETENTION("old traces are not removed"),
    STATISTICS("the planner's statistics are not renewed"),
    NAMES("names that nothing uses are not removed");

    private final String meaning;

    Work(String meaning) {
      this.meaning = meaning;
    }
  }

  private final Map<Work, String> failing = new ConcurrentSkipListMap<>();
  private final LongAdder failures = new LongAdder();

  public void failed(Work work, TraceStoreException why) {
    failures.increment();
    failing.put(work, String.valueOf(why.getMessage()));
  }

  public void succeeded(Work work) {
    failing.remove(work);
  }

  /** How often something failed since the store was opened. */
  public long failures() {
    return failures.sum();
  }

  /** Adds one line for each kind of work whose last run failed. */
  public void addTo(Collection<String> warnings) {
    warnings.addAll(lines());
  }

  private List<String> lines() {
    return failing.entrySet().stream()
        .map(entry -> entry.getKey().meaning + ": " + entry.getValue())
        .toList();
  }
}

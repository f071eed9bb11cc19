package io.tracestore.bench.app;

import io.tracestore.spi.Capability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The measured stores that fit a need, with reasons.
 *
 * <p>First, stores are excluded that lack a needed capability, or whose data would not fit into
 * this machine's memory or disk: the needed events at the measured bytes per event. The others are
 * ranked by the weighted geometric mean of their measured numbers, each relative to the best.
 *
 * @param need what was asked for
 * @param verdicts one for each store, the best first
 */
record Recommendation(Need need, List<Verdict> verdicts) {
  /** The share of the memory that a store in memory may take. */
  private static final double MEMORY_SHARE = 0.25;

  /** A file that one process writes. */
  private static final double LARGE_FILE_BYTES = 100e9;

  /** More writers than measured ones queue as these do. */
  private static final int MEASURED_WRITERS = 16;

  private static final int WEIGHT_OF_NEED = 3;

  /**
   * The fitness of one store.
   *
   * @param store its label
   * @param fits whether it has all that is needed
   * @param score between 0 and 1; 1 if it is the best in everything that counts
   * @param reasons in words
   */
  record Verdict(String store, boolean fits, double score, List<String> reasons) {}

  /** A number that counts: how often, which, and whether it is better if larger. */
  private record Criterion(String name, String title, int weight, boolean throughput) {
    double valueOf(Results.Figure figure) {
      return throughput ? figure.perSecond() : 1 / figure.micros(50);
    }

    String describe(Results.Figure figure) {
      return throughput
          ? "%s/s %s".formatted(Numbers.count(figure.perSecond()), name)
          : "%s for %s (p50)".formatted(Numbers.micros(figure.micros(50)), name);
    }
  }

  /**
   * Weighs what was measured.
   *
   * @param memoryBytes of this machine; NaN if not known
   * @param diskBytes that are free; NaN if not known
   */
  static Recommendation of(
      Need need, List<StoreFacts> stores, Results results, double memoryBytes, double diskBytes) {
    Map<String, List<String>> lacks = new LinkedHashMap<>();
    for (StoreFacts store : stores) {
      lacks.put(store.label(), lacks(need, store, results, memoryBytes, diskBytes));
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (StoreFacts store : stores) {
      List<String> lack = lacks.get(store.label());
      verdicts.add(
          lack == null || lack.isEmpty()
              ? fitting(need, store, stores, lacks, results)
              : new Verdict(store.label(), false, 0, List.copyOf(lack)));
    }
    verdicts.sort(
        Comparator.comparing(Verdict::fits).thenComparingDouble(Verdict::score).reversed());
    return new Recommendation(need, List.copyOf(verdicts));
  }

  /** The one to take, if any fits. */
  Optional<Verdict> best() {
    return verdicts.stream().filter(Verdict::fits).findFirst();
  }

  private static List<String> lacks(
      Need need, StoreFacts store, Results results, double memoryBytes, double diskBytes) {
    List<String> lacks = new ArrayList<>();
    if (need.durable() && !store.has(Capability.DURABLE)) {
      lacks.add("as opened, it does not promise that a write survives the end of the process");
    }
    if (need.durable() && store.has(Capability.EVICTING)) {
      lacks.add("it drops old data by design");
    }
    if (need.shared() && !store.has(Capability.SHARED)) {
      lacks.add("only one process may use it");
    }
    double bytes = need.events() * results.bytesPerEvent(store.label());
    if (isInMemory(store) && bytes > memoryBytes * MEMORY_SHARE) {
      lacks.add(
          "%s events take %s of memory, more than a quarter of this machine's %s"
              .formatted(
                  Numbers.count(need.events()), Numbers.bytes(bytes), Numbers.bytes(memoryBytes)));
    } else if (store.isEmbedded() && !isInMemory(store) && bytes > diskBytes) {
      lacks.add(
          "%s events take %s, and %s are free on this disk"
              .formatted(
                  Numbers.count(need.events()), Numbers.bytes(bytes), Numbers.bytes(diskBytes)));
    } else if (store.isEmbedded() && !isInMemory(store) && bytes > LARGE_FILE_BYTES) {
      lacks.add(
          "%s events make a file of %s, too unwieldy to copy and to repair"
              .formatted(Numbers.count(need.events()), Numbers.bytes(bytes)));
    }
    return lacks;
  }

  private static boolean isInMemory(StoreFacts store) {
    return store.scheme().equals("mem") || store.scheme().startsWith("redis");
  }

  private static List<Criterion> criteria(Need need) {
    boolean concurrent = need.concurrency() > 1;
    return List.of(
        concurrent
            ? new Criterion("traces written by 16 threads", "storeTrace, 16 threads", 3, true)
            : new Criterion("traces written by one thread", "storeTrace", 2, true),
        new Criterion("reading a trace", "getTraceCold", 1, false),
        new Criterion("a query by flow", "queryTraces FLOW", 1, false),
        new Criterion(
            "sums over events", "eventMetrics", need.analytics() ? WEIGHT_OF_NEED : 0, false));
  }

  private static Verdict fitting(
      Need need,
      StoreFacts store,
      List<StoreFacts> stores,
      Map<String, List<String>> lacks,
      Results results) {
    List<String> reasons = new ArrayList<>(promises(need, store));
    List<String> rivals =
        stores.stream()
            .map(StoreFacts::label)
            .filter(label -> lacks.getOrDefault(label, List.of()).isEmpty())
            .toList();
    double logs = 0;
    int weights = 0;
    for (Criterion criterion : criteria(need)) {
      long size = sizeFor(need, criterion, rivals, results);
      Optional<Results.Figure> own = results.find(store.label(), criterion.title(), size);
      boolean all =
          rivals.stream().allMatch(r -> results.find(r, criterion.title(), size).isPresent());
      if (criterion.weight() == 0 || own.isEmpty() || !all) {
        continue;
      }
      double value = criterion.valueOf(own.get());
      double best =
          rivals.stream()
              .flatMap(rival -> results.find(rival, criterion.title(), size).stream())
              .mapToDouble(criterion::valueOf)
              .max()
              .orElse(value);
      logs += criterion.weight() * Math.log(value / best);
      weights += criterion.weight();
      reasons.add(reason(criterion, own.get(), size, value / best));
    }
    if (need.concurrency() > MEASURED_WRITERS) {
      reasons.add("measured with 16 writers, not with " + need.concurrency());
    }
    return new Verdict(
        store.label(), true, weights == 0 ? 0 : Math.exp(logs / weights), List.copyOf(reasons));
  }

  /** The largest size at which all rivals were measured, up to the needed events. */
  private static long sizeFor(
      Need need, Criterion criterion, List<String> rivals, Results results) {
    long chosen = results.baseSize();
    for (String rival : rivals) {
      for (long size : results.sizes(rival)) {
        boolean all =
            rivals.stream().allMatch(r -> results.find(r, criterion.title(), size).isPresent());
        if (all && size <= need.events()) {
          chosen = Math.max(chosen, size);
        }
      }
    }
    return chosen;
  }

  private static List<String> promises(Need need, StoreFacts store) {
    List<String> promises = new ArrayList<>();
    if (need.durable()) {
      promises.add("a write that returned survives the end of the process");
    }
    if (need.shared()) {
      promises.add("several processes may use it at once");
    }
    promises.add(store.isEmbedded() ? "nothing to install or run" : "a server has to be run");
    return promises;
  }

  private static String reason(
      Criterion criterion, Results.Figure figure, long size, double relative) {
    String share =
        relative < 0.01 ? "less than 1" : String.format(Locale.ROOT, "%.0f", relative * 100);
    String place = relative > 0.99 ? "the best" : share + "% of the best";
    return "%s with %s events: %s"
        .formatted(criterion.describe(figure), Numbers.count(size), place);
  }
}

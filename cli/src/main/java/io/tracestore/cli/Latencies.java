package io.tracestore.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The durations of calls, each one kept. */
final class Latencies {
  private final List<Long> nanos = new ArrayList<>();

  void time(Runnable call) {
    long start = System.nanoTime();
    call.run();
    nanos.add(System.nanoTime() - start);
  }

  int count() {
    return nanos.size();
  }

  Duration total() {
    return Duration.ofNanos(nanos.stream().mapToLong(Long::longValue).sum());
  }

  /** The time that {@code percent} of the calls did not exceed; zero if there were none. */
  Duration percentile(int percent) {
    if (nanos.isEmpty()) {
      return Duration.ZERO;
    }
    List<Long> sorted = nanos.stream().sorted().toList();
    int index = (int) Math.ceil(sorted.size() * percent / 100.0) - 1;
    return Duration.ofNanos(sorted.get(Math.max(0, index)));
  }
}

package io.tracestore.bench;

import io.tracestore.model.TraceId;
import java.util.concurrent.ThreadLocalRandom;

/** The ids of stored traces, each once before any comes again; in an order like a random one. */
final class ColdIds {
  private final Workload workload;
  private final long traces;
  private final long step;
  private long at;

  /** The ids of the first {@code traces} traces of {@code workload}. */
  ColdIds(Workload workload, long traces) {
    this.workload = workload;
    this.traces = traces;
    this.at = ThreadLocalRandom.current().nextLong(traces);
    long wanted = Math.max(1, Math.round(traces * 0.618));
    while (gcd(wanted, traces) != 1) {
      wanted++;
    }
    this.step = wanted;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  TraceId next() {
    at = (at + step) % traces;
    return workload.id(at);
  }
}

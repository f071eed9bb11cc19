package io.tracestore;

import io.tracestore.spi.Capability;
import io.tracestore.spi.ForwardingTraceStore;
import io.tracestore.spi.Health;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.internal.PeriodicTask;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A store from which old traces are removed in the background as long as it is open. */
final class RetainingStore extends ForwardingTraceStore {
  private final Retention retention;
  private final PeriodicTask task;

  private RetainingStore(TraceStore store, RetentionPolicy policy, InstantSource clock) {
    super(store);
    this.retention = new Retention(store, policy, clock);
    this.task = new PeriodicTask("tracestore-retention " + store, policy.interval(), retention);
  }

  static TraceStore open(TraceStore store, RetentionPolicy policy, InstantSource clock) {
    RetainingStore retaining = new RetainingStore(store, policy, clock);
    retaining.task.start();
    return retaining;
  }

  /** Also warns if old traces could not be removed the last time. */
  @Override
  public Health healthCheck() {
    Health health = super.healthCheck();
    String problem = retention.problem();
    if (problem == null) {
      return health;
    }
    List<String> warnings = new ArrayList<>(health.warnings());
    warnings.add(problem);
    return new Health(health.latency(), health.detail(), warnings);
  }

  @Override
  public StorageMetrics metrics() {
    StorageMetrics metrics = super.metrics();
    Map<String, Long> counters = new HashMap<>(metrics.counters());
    counters.putAll(retention.counters());
    return metrics.toBuilder().counters(counters).build();
  }

  /** It drops old data by design. */
  @Override
  public Set<Capability> capabilities() {
    Set<Capability> capabilities = EnumSet.of(Capability.EVICTING);
    capabilities.addAll(super.capabilities());
    return Set.copyOf(capabilities);
  }

  @Override
  public void close() {
    task.close();
    super.close();
  }
}

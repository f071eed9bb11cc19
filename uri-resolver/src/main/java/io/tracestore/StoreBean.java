package io.tracestore;

import io.tracestore.spi.Capability;
import io.tracestore.spi.StorageMetrics.Operations;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Shows a store to JMX. */
final class StoreBean implements TraceStoreMXBean {
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(10);

  private final TraceStore store;

  private StoreBean(TraceStore store) {
    this.store = store;
  }

  /** Registers {@code store} in the platform's server; closing the result takes it away. */
  static JmxRegistration register(TraceStore store, String name) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName objectName =
          new ObjectName("io.tracestore:type=TraceStore,name=" + ObjectName.quote(name));
      server.registerMBean(new StoreBean(store), objectName);
      return () -> unregister(server, objectName);
    } catch (InstanceAlreadyExistsException e) {
      throw new IllegalArgumentException("another store is registered as '" + name + "'", e);
    } catch (JMException e) {
      throw new IllegalStateException("cannot register '%s': %s".formatted(name, e), e);
    }
  }

  private static void unregister(MBeanServer server, ObjectName objectName) {
    try {
      server.unregisterMBean(objectName);
    } catch (InstanceNotFoundException e) {
      // It is gone already.
    } catch (JMException e) {
      throw new IllegalStateException("cannot unregister '%s': %s".formatted(objectName, e), e);
    }
  }

  @Override
  public String getStore() {
    return store.toString();
  }

  @Override
  public List<String> getCapabilities() {
    return store.capabilities().stream().map(Capability::name).sorted().toList();
  }

  @Override
  public Map<String, Long> getWrite() {
    return values(store.metrics().write());
  }

  @Override
  public Map<String, Long> getRead() {
    return values(store.metrics().read());
  }

  @Override
  public Map<String, Long> getQuery() {
    return values(store.metrics().query());
  }

  private static Map<String, Long> values(Operations operations) {
    Map<String, Long> values = new TreeMap<>();
    values.put("count", operations.count());
    values.put("errors", operations.errors());
    values.put("totalNanos", operations.totalNanos());
    values.put("maxNanos", operations.maxNanos());
    values.put("p50Nanos", operations.nanos().p50());
    values.put("p95Nanos", operations.nanos().p95());
    values.put("p99Nanos", operations.nanos().p99());
    operations.errorsByKind().forEach((kind, count) -> values.put("error." + kind, count));
    return values;
  }

  @Override
  public long getStorageBytes() {
    return store.metrics().storageBytes();
  }

  @Override
  public Map<String, Long> getCounters() {
    return store.metrics().counters();
  }

  @Override
  public Map<String, Long> getGauges() {
    return store.metrics().gauges();
  }

  @Override
  public String checkHealth() {
    try {
      return String.join("; ", store.healthCheck(HEALTH_LIMIT).warnings());
    } catch (TraceStoreException e) {
      return String.valueOf(e.getMessage());
    }
  }
}

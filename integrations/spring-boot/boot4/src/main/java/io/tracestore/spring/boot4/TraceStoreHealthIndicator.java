package io.tracestore.spring.boot4;

import io.tracestore.spi.TraceStore;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up if the store could be written to and read from just now; with its warnings, if any. */
final class TraceStoreHealthIndicator extends AbstractHealthIndicator {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final TraceStore store;

  TraceStoreHealthIndicator(TraceStore store) {
    super("the trace store is not healthy");
    this.store = store;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    io.tracestore.spi.Health health = store.healthCheck(LIMIT);
    builder.up().withDetail("store", health.detail());
    if (!health.warnings().isEmpty()) {
      builder.withDetail("warnings", health.warnings());
    }
  }
}

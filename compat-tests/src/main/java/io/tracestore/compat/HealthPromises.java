package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.Health;
import io.tracestore.spi.TraceQuery;
import org.junit.jupiter.api.Test;

/** A health check proves that the store works, and leaves no trace. */
abstract class HealthPromises extends StorePromises {
  @Test
  void aNewStoreIsHealthy() {
    Health health = store().healthCheck();
    assertThat(health.detail()).isNotBlank().hasLineCount(1);
    assertThat(health.latency()).isPositive();
    assertThat(health.warnings()).isEmpty();
  }

  @Test
  void aCheckChangesNothing() {
    store().storeTraces(Samples.traces(0, 3));
    for (int i = 0; i < 5; i++) {
      store().healthCheck();
    }
    isAnswer(store().queryTraces(TraceQuery.ALL), Samples.traces(0, 3).reversed());
    assertThat(store().metrics().write().count()).isEqualTo(1);
  }
}

package io.tracestore.spring.boot3;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.TraceStore;
import io.tracestore.spring.Applications;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.ConfigurableApplicationContext;

/** The health of the store among that of the application. */
class HealthTest {
  private static Status health(ConfigurableApplicationContext app) {
    return Objects.requireNonNull(app.getBean(HealthEndpoint.class).healthForPath("traceStore"))
        .getStatus();
  }

  @Test
  void a_store_that_works_is_up_and_a_closed_one_is_down() {
    try (ConfigurableApplicationContext app =
        Applications.run(Applications.Plain.class, "tracestore.uri=mem:")) {
      assertThat(health(app)).isEqualTo(Status.UP);

      app.getBean(TraceStore.class).close();

      assertThat(health(app)).isEqualTo(Status.DOWN);
    }
  }

  @Test
  void a_property_turns_it_off() {
    try (ConfigurableApplicationContext app =
        Applications.run(
            Applications.Plain.class,
            "tracestore.uri=mem:",
            "management.health.tracestore.enabled=false")) {
      assertThat(app.containsBean("traceStoreHealthIndicator")).isFalse();
    }
  }
}

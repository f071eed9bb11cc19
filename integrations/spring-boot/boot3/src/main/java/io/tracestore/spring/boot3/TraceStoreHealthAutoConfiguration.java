package io.tracestore.spring.boot3;

import io.tracestore.spi.TraceStore;
import io.tracestore.spring.TraceStoreAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The health of the store as {@code traceStore}, where the application has Spring Boot's health.
 * Off with {@code management.health.tracestore.enabled=false}.
 */
@AutoConfiguration(after = TraceStoreAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("tracestore")
public class TraceStoreHealthAutoConfiguration {
  TraceStoreHealthAutoConfiguration() {}

  @Bean
  @ConditionalOnBean(TraceStore.class)
  @ConditionalOnMissingBean(name = "traceStoreHealthIndicator")
  HealthIndicator traceStoreHealthIndicator(TraceStore store) {
    return new TraceStoreHealthIndicator(store);
  }
}

package io.tracestore.spring.boot3;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.spring.Applications;
import io.tracestore.spring.TraceStoreConnectionDetails;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.testcontainers.containers.PostgreSQLContainer;

/** {@code @ServiceConnection} on a container of PostgreSQL, which needs no Docker here. */
class ServiceConnectionTest {
  /** Says where it runs without running. */
  static final class Stub extends PostgreSQLContainer<Stub> {
    Stub() {
      super("postgres:18");
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public String getHost() {
      return "127.0.0.1";
    }

    @Override
    public Integer getMappedPort(int port) {
      return port + 10_000;
    }
  }

  /** An application that is tested with a container. */
  @EnableAutoConfiguration
  static class Contained {
    @Bean
    @ServiceConnection
    Stub postgres() {
      return new Stub();
    }

    @Bean
    TraceStore store() {
      return TraceStores.open("mem:");
    }
  }

  @Test
  void a_container_tells_where_the_traces_are() {
    try (ConfigurableApplicationContext app = Applications.run(Contained.class)) {
      TraceStoreConnectionDetails details = app.getBean(TraceStoreConnectionDetails.class);
      assertThat(details.uri()).isEqualTo("postgresql://127.0.0.1:15432/test");
      assertThat(details.options()).isEqualTo(Map.of("user", "test", "password", "test"));
    }
  }
}

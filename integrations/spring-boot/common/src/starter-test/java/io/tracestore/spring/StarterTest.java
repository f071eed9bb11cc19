package io.tracestore.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import io.tracestore.spi.WriterOptions.Overflow;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Service;

/** The starter in real applications. */
class StarterTest {
  @TempDir Path folder;

  private static FlowTrace trace() {
    return FlowTrace.builder("order")
        .traceId(TraceId.random())
        .startTime(Instant.parse("2026-01-01T00:00:00Z"))
        .status(ExecutionStatus.running())
        .build();
  }

  /** The service of docs/spring-boot.md. */
  @Service
  static class Orders {
    private final TraceWriter writer;

    Orders(TraceWriter writer) {
      this.writer = writer;
    }

    void record(FlowTrace trace) {
      writer.write(trace);
    }
  }

  /** An application with a service. */
  @EnableAutoConfiguration
  static class Shop {
    @Bean
    Orders orders(TraceWriter writer) {
      return new Orders(writer);
    }
  }

  /** An application that has beans of its own. */
  @EnableAutoConfiguration
  static class WithOwnBeans {
    final List<TraceId> lost = new ArrayList<>();

    @Bean
    TraceStore mine() {
      return TraceStores.open("mem:");
    }

    @Bean
    WriterListener listener() {
      return new WriterListener() {
        @Override
        public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
          lost.add(trace.traceId());
        }

        @Override
        public void eventsNotWritten(
            TraceId traceId, List<TraceEvent> events, TraceStoreException cause) {
          lost.add(traceId);
        }
      };
    }
  }

  /** An application that says in code where its traces are. */
  @EnableAutoConfiguration
  static class WithDetails {
    @Bean
    TraceStoreConnectionDetails details() {
      return () -> "mem:details";
    }
  }

  @Test
  void what_a_service_wrote_is_in_the_store_when_the_application_has_ended() {
    String uri = "sqlite:" + folder.resolve("traces.db");
    FlowTrace trace = trace();

    try (ConfigurableApplicationContext app =
        Applications.run(Shop.class, "tracestore.uri=" + uri)) {
      app.getBean(Orders.class).record(trace);
    }

    try (TraceStore store = TraceStores.open(uri)) {
      assertThat(store.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void options_are_given_to_the_store() {
    try (ConfigurableApplicationContext app =
        Applications.run(
            Applications.Plain.class, "tracestore.uri=mem:", "tracestore.options.maxTraces=7")) {
      TraceStore store = app.getBean(TraceStore.class);
      for (int i = 0; i < 8; i++) {
        store.storeTrace(trace());
      }
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(7);
    }
  }

  @Test
  void properties_of_the_writer_are_its_options() {
    try (ConfigurableApplicationContext app =
        Applications.run(
            Applications.Plain.class,
            "tracestore.uri=mem:",
            "tracestore.writer.queue-bytes=2MB",
            "tracestore.writer.overflow=drop",
            "tracestore.writer.batch-items=10",
            "tracestore.writer.max-delay=1s",
            "tracestore.writer.retry-for=1m",
            "tracestore.writer.first-backoff=2s",
            "tracestore.writer.max-backoff=3s",
            "tracestore.writer.close-timeout=4s")) {
      WriterListener listener = app.getBean(WriterListener.class);
      assertThat(app.getBean(WriterOptions.class))
          .isEqualTo(
              WriterOptions.builder(listener)
                  .queueBytes(2 << 20)
                  .overflow(Overflow.DROP)
                  .batchItems(10)
                  .maxDelay(Duration.ofSeconds(1))
                  .retryFor(Duration.ofMinutes(1))
                  .backoff(Duration.ofSeconds(2), Duration.ofSeconds(3))
                  .closeTimeout(Duration.ofSeconds(4))
                  .build());
    }
  }

  @Test
  void without_properties_the_writer_has_its_own_defaults() {
    try (ConfigurableApplicationContext app =
        Applications.run(Applications.Plain.class, "tracestore.uri=mem:")) {
      assertThat(app.getBean(WriterOptions.class))
          .isEqualTo(WriterOptions.builder(app.getBean(WriterListener.class)).build());
    }
  }

  @Test
  void beans_of_the_application_are_used() {
    try (ConfigurableApplicationContext app = Applications.run(WithOwnBeans.class)) {
      WithOwnBeans own = app.getBean(WithOwnBeans.class);
      FlowTrace trace = trace();
      TraceStore store = app.getBean(TraceStore.class);
      assertThat(store).isSameAs(app.getBean("mine"));

      store.close();
      app.getBean(TraceWriter.class).write(trace);
      app.getBean(TraceWriter.class).flush();

      assertThat(own.lost).containsExactly(trace.traceId());
    }
  }

  @Test
  void connection_details_go_before_properties() {
    try (TraceStore named = TraceStores.open("mem:details");
        ConfigurableApplicationContext app =
            Applications.run(WithDetails.class, "tracestore.uri=mem:properties")) {
      assertThat(app.getBean(TraceStore.class).identity()).isEqualTo(named.identity());
    }
  }

  @Test
  void meters_show_the_store_and_the_writer() {
    try (ConfigurableApplicationContext app =
        Applications.run(Applications.Plain.class, "tracestore.uri=mem:")) {
      TraceWriter writer = app.getBean(TraceWriter.class);
      writer.write(trace());
      writer.flush();

      MeterRegistry registry = app.getBean(MeterRegistry.class);
      assertThat(
              registry
                  .get("tracestore.writer.items")
                  .tag("outcome", "written")
                  .functionCounter()
                  .count())
          .isEqualTo(1);
      assertThat(registry.find("tracestore.operations").meters()).isNotEmpty();
    }
  }

  private static @Nullable FailureAnalysis failure(String... properties) {
    LastFailure.take();
    assertThatThrownBy(() -> Applications.run(Applications.Plain.class, properties).close())
        .isInstanceOf(RuntimeException.class);
    return LastFailure.take();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spring.main.lazy-initialization=false | tracestore.uri is not set. | Set tracestore.uri,"
            + " such as sqlite:traces.db, or define a bean of type TraceStore.",
        "tracestore.uri=mem:?maxTrace=1 | unknown option 'maxTrace' for mem: (did you mean"
            + " 'maxTraces'?); known: maxTraces, maxEventsPerTrace, maxMemoryMb, evictionPolicy,"
            + " overflow, indexedAttributes, retention, maxSize, retentionInterval | Correct tracestore.uri and tracestore.options, or add"
            + " the missing jar.",
        "tracestore.uri=sqlite:/no/such/folder/traces.db | /no/such/folder/traces.db cannot be"
            + " made: the directory /no/such/folder does not exist | Correct tracestore.uri and"
            + " tracestore.options, or add the missing jar.",
      })
  void a_store_that_cannot_be_opened_is_one_line_and_a_way_out(
      String property, String description, String action) {
    assertThat(failure(property))
        .extracting(FailureAnalysis::getDescription, FailureAnalysis::getAction)
        .containsExactly(description, action);
  }

  @Test
  void a_missing_provider_names_the_jar_that_brings_it_and_shows_no_secret() {
    FailureAnalysis failure = Objects.requireNonNull(failure("tracestore.uri=redis://u:hush@h"));

    assertThat(failure.getDescription())
        .startsWith("no provider for 'redis:'; found: ")
        .contains("; add io.tracestore:tracestore-redis to the class path; ")
        .doesNotContain("hush");
    assertThat(failure.getAction())
        .isEqualTo("Correct tracestore.uri and tracestore.options, or add the missing jar.");
  }

  /** A provider of a server that is away. */
  private static final class Away implements TraceStoreProvider {
    @Override
    public String scheme() {
      return "away";
    }

    @Override
    public String description() {
      return "never there";
    }

    @Override
    public String uriSyntax() {
      return "away:";
    }

    @Override
    public List<StoreOption<?>> options() {
      return List.of();
    }

    @Override
    public TraceStore open(StoreUri uri, StoreOptions options) {
      throw new StoreUnavailableException("127.0.0.1:5432 refuses connections", null);
    }
  }

  @Test
  void a_store_that_is_away_is_one_line_and_a_way_out() {
    TraceStores.register(new Away());

    assertThat(failure("tracestore.uri=away:"))
        .extracting(FailureAnalysis::getDescription, FailureAnalysis::getAction)
        .containsExactly(
            "127.0.0.1:5432 refuses connections",
            "Check that the store at tracestore.uri can be reached and used, and start again.");
  }

  @Test
  void a_wrong_option_of_the_writer_is_named() {
    assertThat(failure("tracestore.uri=mem:", "tracestore.writer.batch-items=0"))
        .extracting(FailureAnalysis::getDescription, FailureAnalysis::getAction)
        .containsExactly(
            "tracestore.writer: batchItems must be positive: 0", "Correct tracestore.writer.");
  }
}

package io.tracestore.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exporter as OpenTelemetry's autoconfiguration finds it. */
class TraceStoreSpanExporterProviderTest {
  @TempDir Path folder;

  private static AutoConfiguredOpenTelemetrySdk sdk(Map<String, String> more) {
    Map<String, String> properties = new HashMap<>(more);
    properties.put("otel.traces.exporter", "tracestore");
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    properties.put("otel.service.name", "shop");
    return AutoConfiguredOpenTelemetrySdk.builder()
        .disableShutdownHook()
        .addPropertiesSupplier(() -> properties)
        .build();
  }

  @Test
  void properties_are_enough_to_store_traces() {
    String uri = "sqlite:" + folder.resolve("traces.db");
    try (var sdk = sdk(Map.of("otel.exporter.tracestore.uri", uri)).getOpenTelemetrySdk()) {
      Span span = sdk.getTracer("test").spanBuilder("work").startSpan();
      span.end();
      assertThat(sdk.getSdkTracerProvider().shutdown().join(30, TimeUnit.SECONDS).isSuccess())
          .isTrue();
    }

    try (TraceStore store = TraceStores.open(uri)) {
      assertThat(store.queryTraces(TraceQuery.ALL))
          .extracting(FlowTrace::flowId)
          .containsExactly("shop work");
    }
  }

  @Test
  void a_missing_uri_is_named() {
    assertThatThrownBy(() -> sdk(Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "otel.exporter.tracestore.uri is not set; it says where traces go, such as"
                + " sqlite:traces.db");
  }

  @Test
  void a_scheme_that_nothing_provides_is_named_and_no_secret_is_shown() {
    assertThatThrownBy(
            () -> sdk(Map.of("otel.exporter.tracestore.uri", "postgresql://u:hush@h/db")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("otel.exporter.tracestore.uri: no provider for 'postgresql:'")
        .hasMessageNotContaining("hush");
  }

  @Test
  void a_quiet_time_must_be_positive() {
    assertThatThrownBy(() ->
            sdk(
                Map.of(
                    "otel.exporter.tracestore.uri", "mem:",
                    "otel.exporter.tracestore.quiet.time", "0s")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("otel.exporter.tracestore.quiet.time: quietTime must be positive: PT0S");
  }
}

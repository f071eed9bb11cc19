package io.tracestore.opentelemetry;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;

/**
 * The exporter {@code otel.traces.exporter=tracestore} of OpenTelemetry's autoconfiguration and
 * Java agent. {@code otel.exporter.tracestore.uri} says where the traces go, and {@code
 * otel.exporter.tracestore.quiet.time} how long a trace without an ended root waits for more spans.
 */
public final class TraceStoreSpanExporterProvider implements ConfigurableSpanExporterProvider {
  /** For {@link java.util.ServiceLoader}. */
  public TraceStoreSpanExporterProvider() {}

  static final String URI = "otel.exporter.tracestore.uri";
  static final String QUIET_TIME = "otel.exporter.tracestore.quiet.time";

  @Override
  public String getName() {
    return "tracestore";
  }

  /**
   * Opens the store.
   *
   * @throws ConfigurationException if it cannot be opened; the message shows no secret
   */
  @Override
  public SpanExporter createExporter(ConfigProperties config) {
    String uri = config.getString(URI);
    if (uri == null) {
      throw new ConfigurationException(
          URI + " is not set; it says where traces go, such as sqlite:traces.db");
    }
    Duration quietTime = config.getDuration(QUIET_TIME, TraceStoreSpanExporter.DEFAULT_QUIET_TIME);
    try {
      return TraceStoreSpanExporter.open(uri, quietTime);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("%s: %s".formatted(QUIET_TIME, e.getMessage()), e);
    } catch (TraceStoreException e) {
      throw new ConfigurationException("%s: %s".formatted(URI, e.getMessage()), e);
    }
  }
}

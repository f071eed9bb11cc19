/** Stores the spans of OpenTelemetry's SDK and Java agent in any trace store. */
module io.tracestore.opentelemetry {
  requires static transitive org.jspecify;
  requires transitive io.opentelemetry.sdk.common;
  requires transitive io.opentelemetry.sdk.trace;
  requires transitive io.tracestore.spi;
  requires io.opentelemetry.api;
  requires io.opentelemetry.common;
  requires io.opentelemetry.context;
  requires transitive io.opentelemetry.sdk.autoconfigure.spi;
  requires io.tracestore;
  requires io.tracestore.migration;
  requires java.logging;

  exports io.tracestore.opentelemetry;

  provides io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider with
      io.tracestore.opentelemetry.TraceStoreSpanExporterProvider;
}

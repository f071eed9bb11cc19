package io.tracestore.migration;

import java.util.Locale;

/** A format of trace files that can be read. */
public enum TraceFormat {
  /** Reflow's JSON and this project's backups of it: objects, arrays or lines of traces. */
  REFLOW,
  /** Zipkin's v2 JSON: spans, lists of spans, lists of traces, or lines of any of these. */
  ZIPKIN,
  /** OpenTelemetry's OTLP, as JSON (also in lines) or as protobuf. */
  OTLP,
  /** The JSON of Jaeger's interface and query API: an object with data, traces, or lines. */
  JAEGER;

  /** The name that commands use, such as {@code zipkin}. */
  public String displayName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.tracestore.migration;

import java.util.Locale;

/** A format that traces can be imported from. */
public enum TraceFormat {
  /** Reflow's JSON and this project's backups of it: objects, arrays or lines of traces. */
  REFLOW,
  /** Zipkin's v2 JSON: spans, lists of spans, lists of traces, or lines of any of these. */
  ZIPKIN,
  /** OpenTelemetry's OTLP, as JSON (also in lines) or as protobuf. */
  OTLP,
  /** The JSON of Jaeger's interface and query API: an object with data, traces, or lines. */
  JAEGER,
  /** The SQLite file of a Reflow server. */
  REFLOW_SQLITE,
  /** The PostgreSQL database of a Reflow server, which a URI names: {@link ReflowDatabase}. */
  REFLOW_POSTGRESQL;

  /** Returns the name that commands use, such as {@code reflow-sqlite}. */
  public String displayName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return displayName();
  }
}

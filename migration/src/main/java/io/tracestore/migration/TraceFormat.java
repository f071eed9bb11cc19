package io.tracestore.migration;

import java.util.Locale;

/** A format of trace files that can be read. */
public enum TraceFormat {
  /** Reflow's JSON and this project's backups of it: objects, arrays or lines of traces. */
  REFLOW,
  /** Zipkin's v2 JSON: spans, lists of spans, lists of traces, or lines of any of these. */
  ZIPKIN;

  /** The name that commands use, such as {@code zipkin}. */
  public String displayName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.tracestore.provider.postgresql.write;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.postgresql.schema.EscapedText;
import io.tracestore.provider.postgresql.schema.HourRange;
import io.tracestore.provider.postgresql.schema.Labels;
import io.tracestore.provider.postgresql.schema.StatusCode;
import io.tracestore.provider.support.Headers;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A header as a row of the table of traces, made in the caller's thread. */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copied nowhere
public record HeaderRow(
    FlowTrace trace,
    int startHour,
    long startNs,
    @Nullable Long durationNs,
    UUID executionId,
    String flowId,
    String labels,
    byte[] body) {

  public static HeaderRow of(FlowTrace trace) {
    long startNs = EpochNanos.of(trace.startTime());
    return new HeaderRow(
        trace,
        HourRange.hourOfNanos(startNs),
        startNs,
        Headers.durationNs(trace),
        trace.executionId().value(),
        EscapedText.escape(trace.flowId()),
        Labels.of(trace).toJson(),
        TraceBinary.encodeHeader(trace));
  }

  short status() {
    return StatusCode.of(trace.status().kind());
  }

  boolean isTerminal() {
    return trace.status().kind().isTerminal();
  }

  boolean hasIdentityOf(HeaderRow other) {
    return trace.hasIdentityOf(other.trace);
  }

  /** About how many bytes it holds. */
  long weight() {
    return 200L + flowId.length() + labels.length() + body.length;
  }
}

package io.tracestore.provider.sqlite.write;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.Uuids;
import io.tracestore.provider.sqlite.schema.DurationClass;
import io.tracestore.provider.support.index.DataTerms;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A trace as rows, made in the caller's thread so that the writer only has to bind them. */
@SuppressWarnings("ArrayRecordComponent") // only made to be bound
public record EncodedTrace(
    FlowTrace trace,
    byte[] traceId,
    byte[] executionId,
    long start,
    byte[] header,
    List<EncodedEvent> events,
    long[] terms) {
  /** About what the rows of a header take beside the encoded one. */
  private static final int HEADER_BYTES = 500;

  /** Encodes {@code trace}, with the terms of its events. */
  static EncodedTrace of(FlowTrace trace, DataTerms terms, BodyEncoder bodies) {
    return new EncodedTrace(
        trace,
        Uuids.toBytes(trace.traceId().value()),
        Uuids.toBytes(trace.executionId().value()),
        EpochNanos.of(trace.startTime()),
        TraceBinary.encodeHeader(trace),
        EncodedEvent.all(trace.events(), bodies),
        terms.of(trace.events()));
  }

  public long weight() {
    return HEADER_BYTES + header.length + EncodedEvent.weight(events);
  }

  @Nullable Long end() {
    Instant end = trace.endTime();
    return end == null ? null : EpochNanos.of(end);
  }

  /** The class of the time from start to end, see {@link DurationClass}. */
  @Nullable Long durationClass() {
    Long end = end();
    return end == null || end < start ? null : (long) DurationClass.of(end - start);
  }
}

package io.tracestore.provider.clickhouse;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStoreException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One call's part in a block: a trace, or events of one. */
final class TraceWrite {
  private final UUID traceId;
  private final @Nullable FlowTrace header;
  private final List<TraceEvent> events;
  private volatile @Nullable TraceStoreException refusal;

  /**
   * @param header null to add events only
   * @param events no two with one id
   */
  TraceWrite(UUID traceId, @Nullable FlowTrace header, List<TraceEvent> events) {
    this.traceId = traceId;
    this.header = header;
    this.events = events;
  }

  UUID traceId() {
    return traceId;
  }

  @Nullable FlowTrace header() {
    return header;
  }

  List<TraceEvent> events() {
    return events;
  }

  /** How many events it holds, at least one: what {@code batchSize} counts. */
  long weightInEvents() {
    return Math.max(1, events.size());
  }

  /** How many bytes it holds at most. */
  long bytes() {
    long bytes = header == null ? 0 : Weight.ofHeader(header);
    for (TraceEvent event : events) {
      bytes += Weight.ofEvent(event);
    }
    return bytes;
  }

  /** Says why nothing of it is stored, or null that it is; the last word before the end counts. */
  void refuse(@Nullable TraceStoreException reason) {
    refusal = reason;
  }

  @Nullable TraceStoreException refusal() {
    return refusal;
  }
}

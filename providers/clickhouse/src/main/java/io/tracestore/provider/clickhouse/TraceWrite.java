package io.tracestore.provider.clickhouse;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStoreException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One call's part in a block: a trace, or events of one. */
final class TraceWrite implements Operation {
  /** About what an event without its payload takes in a block. */
  private static final long EVENT_BYTES = 400;

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

  @Override
  public UUID traceId() {
    return traceId;
  }

  @Nullable FlowTrace header() {
    return header;
  }

  List<TraceEvent> events() {
    return events;
  }

  @Override
  public long weightInEvents() {
    return Math.max(1, events.size());
  }

  @Override
  public long bytes() {
    long bytes = 1_000 + EVENT_BYTES * events.size();
    for (TraceEvent event : events) {
      MessageSnapshot message = event.data().message();
      StateDiff diff = event.data().stateDiff();
      String error = event.data().error();
      bytes += message == null ? 0 : message.serializedData().length();
      bytes += error == null ? 0 : error.length();
      if (diff != null) {
        bytes += diff.after().length();
        bytes += diff.before() == null ? 0 : diff.before().length();
      }
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

package io.tracestore.provider.postgresql.write;

import io.tracestore.spi.TraceStoreException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One call's part in a transaction: a header, events or both of one trace. */
public final class TraceWrite {
  private final UUID traceId;
  private final @Nullable HeaderRow header;
  private final EncodedEvents events;
  private volatile @Nullable TraceStoreException refusal;

  public TraceWrite(UUID traceId, @Nullable HeaderRow header, EncodedEvents events) {
    this.traceId = traceId;
    this.header = header;
    this.events = events;
  }

  UUID traceId() {
    return traceId;
  }

  @Nullable HeaderRow header() {
    return header;
  }

  EncodedEvents events() {
    return events;
  }

  /** About how many bytes it holds. */
  long weight() {
    HeaderRow row = header;
    return events.size() + 100L + (row == null ? 0 : row.weight());
  }

  /**
   * Says why nothing of it is stored, or null that it is; the last word before the commit counts.
   */
  void refuse(@Nullable TraceStoreException reason) {
    refusal = reason;
  }

  @Nullable TraceStoreException refusal() {
    return refusal;
  }
}

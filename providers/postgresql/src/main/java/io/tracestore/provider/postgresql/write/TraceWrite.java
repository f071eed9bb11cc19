package io.tracestore.provider.postgresql.write;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call's part in a transaction: a header, events or both of one trace. Compared by identity.
 */
public final class TraceWrite {
  private final UUID traceId;
  private final @Nullable HeaderRow header;
  private final EncodedEvents events;

  /**
   * A write of {@code header}, which is null if it has only events.
   *
   * @param events of the same trace
   */
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
}

package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call's part in a block: a trace, or events of one.
 *
 * @param header null to add events only
 * @param events no two with one id
 */
public record TraceWrite(UUID traceId, @Nullable FlowTrace header, List<TraceEvent> events) {
  /** How many events it holds, at least one: what {@code batchSize} counts. */
  public long weightInEvents() {
    return Math.max(1, events.size());
  }

  /** How many bytes it holds at most. */
  public long bytes() {
    long bytes = header == null ? 0 : Weight.ofHeader(header);
    for (TraceEvent event : events) {
      bytes += Weight.ofEvent(event);
    }
    return bytes;
  }
}

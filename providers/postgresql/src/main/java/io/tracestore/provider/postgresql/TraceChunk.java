package io.tracestore.provider.postgresql;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Some whole traces in order, as many as a cursor holds at once.
 *
 * @param traces the traces; none only if there are none
 * @param isLast whether there is nothing behind them
 */
record TraceChunk(List<FlowTrace> traces, boolean isLast) {
  /**
   * Reads the rows of a chunk, those of a trace together.
   *
   * @param rows how many traces were found, 0 for a header and 1 for an event, trace id, body
   * @param limit how many traces were looked for: if fewer were found, there are no more
   */
  static TraceChunk read(Iterable<? extends Record> rows, int limit) {
    List<FlowTrace> traces = new ArrayList<>();
    Assembly current = null;
    long found = 0;
    for (Record row : rows) {
      found = row.get(0, Long.class);
      UUID id = row.get(2, UUID.class);
      if (current == null || !current.id.equals(id)) {
        if (current != null) {
          traces.add(current.trace());
        }
        current = new Assembly(id);
      }
      current.add(row.get(1, Integer.class), row.get(3, byte[].class));
    }
    if (current != null) {
      traces.add(current.trace());
    }
    return new TraceChunk(traces, found < limit && traces.size() == found);
  }

  /** A trace whose rows are being read. */
  private static final class Assembly {
    private final UUID id;
    private final List<TraceEvent> events = new ArrayList<>();
    private @Nullable FlowTrace header;

    Assembly(UUID id) {
      this.id = id;
    }

    void add(int part, byte[] body) {
      if (part == 0) {
        header = TraceBinary.decodeHeader(body);
      } else {
        events.add(TraceBinary.decodeEvent(body));
      }
    }

    FlowTrace trace() {
      FlowTrace read = header;
      if (read == null) {
        throw new IllegalStateException("the rows of trace " + id + " have no header");
      }
      return events.isEmpty() ? read : read.withEvents(events);
    }
  }
}

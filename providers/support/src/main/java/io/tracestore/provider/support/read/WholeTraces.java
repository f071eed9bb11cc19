package io.tracestore.provider.support.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;

/** Traces with their events, read one at a time after their headers. */
public final class WholeTraces implements ChunkedCursor.Source<FlowTrace> {
  private final TraceQuery query;
  private final ChunkedCursor.Source<FlowTrace> headers;
  private final Function<TraceId, Optional<FlowTrace>> traceOf;
  private final Queue<FlowTrace> page = new ArrayDeque<>();

  /**
   * The traces of {@code headers}.
   *
   * @param query tests each trace again with its events
   * @param traceOf reads one trace with its events, unless they are more than the query wants;
   *     empty if there is none
   */
  public WholeTraces(
      TraceQuery query,
      ChunkedCursor.Source<FlowTrace> headers,
      Function<TraceId, Optional<FlowTrace>> traceOf) {
    this.query = query;
    this.headers = headers;
    this.traceOf = traceOf;
  }

  @Override
  public List<FlowTrace> next(long most) {
    while (!page.isEmpty() || page.addAll(headers.next(most))) {
      Optional<FlowTrace> whole = wholeTrace(page.element());
      page.remove(); // only now: if reading failed, it is read when asked again
      if (whole.isPresent()) {
        return List.of(whole.get());
      }
    }
    return List.of();
  }

  /**
   * The trace with its events. Empty if it does not match any more: since its header was read it
   * was deleted, changed, or deleted and stored again at another place.
   */
  private Optional<FlowTrace> wholeTrace(FlowTrace header) {
    return traceOf
        .apply(header.traceId())
        .filter(whole -> whole.startTime().equals(header.startTime()) && matches(whole));
  }

  private boolean matches(FlowTrace trace) {
    boolean mayLackEvents = query.maxEventBytes() != null && trace.events().isEmpty();
    return mayLackEvents ? query.matchesHeader(trace) : query.matches(trace);
  }
}

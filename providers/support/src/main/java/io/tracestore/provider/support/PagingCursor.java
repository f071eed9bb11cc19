package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of headers, each page behind the last trace of the one before, and the events of one
 * trace at a time: what it holds is bounded by one page of headers and one whole trace.
 */
final class PagingCursor implements TraceCursor {
  private static final int PAGE = 256;

  private final Runnable ensureOpen;
  private final Function<TraceQuery, List<FlowTrace>> headersOf;
  private final Function<TraceId, Optional<FlowTrace>> traceOf;
  private final boolean withEvents;
  private final Queue<FlowTrace> headers = new ArrayDeque<>();
  private TraceQuery nextPage;
  private long remaining;
  private boolean lastPageRead;
  private @Nullable FlowTrace next;

  /**
   * @param ensureOpen throws if the store is closed
   * @param headersOf reads the page that a query with a limit asks for
   * @param traceOf reads one trace with its events
   */
  PagingCursor(
      TraceQuery query,
      Runnable ensureOpen,
      Function<TraceQuery, List<FlowTrace>> headersOf,
      Function<TraceId, Optional<FlowTrace>> traceOf) {
    this.ensureOpen = ensureOpen;
    this.headersOf = headersOf;
    this.traceOf = traceOf;
    this.withEvents = query.withEvents();
    Integer limit = query.limit();
    this.remaining = limit != null ? limit : Long.MAX_VALUE;
    this.nextPage = query.toBuilder().withEvents(false).build();
  }

  @Override
  public boolean hasNext() {
    ensureOpen.run();
    while (next == null && remaining > 0) {
      if (headers.isEmpty() && !readPage()) {
        return false;
      }
      FlowTrace header = headers.element();
      // A trace deleted since its header was read is passed over.
      next = withEvents ? traceOf.apply(header.traceId()).orElse(null) : header;
      headers.remove(); // only now: if reading failed, it is read when asked again
    }
    return next != null;
  }

  private boolean readPage() {
    if (lastPageRead) {
      return false;
    }
    int size = (int) Math.min(PAGE, remaining);
    List<FlowTrace> page = headersOf.apply(nextPage.toBuilder().limit(size).build());
    lastPageRead = page.size() < size;
    if (page.isEmpty()) {
      return false;
    }
    headers.addAll(page);
    nextPage = nextPage.after(page.getLast());
    return true;
  }

  @Override
  public FlowTrace next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    FlowTrace trace = next;
    next = null;
    remaining--;
    return trace;
  }

  @Override
  public void close() {
    headers.clear();
    next = null;
    remaining = 0;
  }
}

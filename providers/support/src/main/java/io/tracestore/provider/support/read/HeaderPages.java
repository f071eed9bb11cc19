package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.internal.TraceWeight;
import java.util.ArrayDeque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of headers, each page after the last trace of the one before, and the events of one
 * trace at a time. It holds at most one page of headers, which is smaller the larger they are, and
 * one whole trace.
 */
final class PagingCursor implements TraceCursor {
  private static final int FIRST_PAGE = 16;
  private static final int LARGEST_PAGE = 256;

  /**
   * The intended greatest weight of a page; the weight of the page before sets the number of
   * headers.
   */
  private static final long PAGE_BYTES = 8 << 20;

  private final Runnable ensureOpen;
  private final Function<TraceQuery, List<FlowTrace>> headersOf;
  private final Function<TraceId, Optional<FlowTrace>> traceOf;
  private final TraceQuery query;
  private final Queue<FlowTrace> headers = new ArrayDeque<>();
  private TraceQuery nextPage;
  private int pageSize = FIRST_PAGE;
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
    this.query = query;
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
      next = query.withEvents() ? wholeTrace(header) : header;
      headers.remove(); // only now: if reading failed, it is read when asked again
    }
    return next != null;
  }

  /**
   * The trace with its events. Null if it does not match any more: since its header was read it was
   * deleted, changed, or deleted and stored again at another place.
   */
  private @Nullable FlowTrace wholeTrace(FlowTrace header) {
    return traceOf
        .apply(header.traceId())
        .filter(whole -> whole.startTime().equals(header.startTime()) && query.matches(whole))
        .orElse(null);
  }

  private boolean readPage() {
    if (lastPageRead) {
      return false;
    }
    int size = (int) Math.min(pageSize, remaining);
    List<FlowTrace> page = headersOf.apply(nextPage.toBuilder().limit(size).build());
    lastPageRead = page.size() < size;
    if (page.isEmpty()) {
      return false;
    }
    headers.addAll(page);
    long weight = Math.max(1, page.stream().mapToLong(TraceWeight::ofHeader).sum());
    int fitting = (int) Math.min(LARGEST_PAGE, Math.max(1, PAGE_BYTES * page.size() / weight));
    pageSize = Math.min(fitting, 4 * pageSize);
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

package io.tracestore.provider.support.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.call.CallGuard;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads chunk after chunk, and holds one. Between two chunks it holds nothing of the engine, so any
 * number of cursors may be open for any time. If reading a chunk fails, the next call reads it
 * again. For one thread.
 *
 * @param <E> the elements
 */
public class ChunkedCursor<E> implements Iterator<E>, AutoCloseable {
  private final CallGuard guard;
  private final Source<E> source;
  private final Queue<E> chunk = new ArrayDeque<>();
  private long remaining;

  /**
   * The elements, in order, each once.
   *
   * @param <E> the elements
   */
  @FunctionalInterface
  public interface Source<E> {
    /**
     * Reads the next elements. If it throws, the next call reads the same ones.
     *
     * @param most the largest number of elements; positive
     * @return an empty list at the end
     */
    List<E> next(long most);

    /** A source that gives {@code all} elements at once: no more than are asked for. */
    static <E> Source<E> of(List<E> all) {
      Queue<List<E>> chunks = new ArrayDeque<>(List.of(all));
      return most -> chunks.isEmpty() ? List.of() : chunks.remove();
    }

    /**
     * The traces that {@code query} finds. Reads pages of headers, each page after the last trace
     * of the one before, and the events of one trace at a time. Holds at most one page of headers,
     * which is smaller the larger they are, and one whole trace.
     *
     * @param headersOf reads the page that a query with a limit asks for
     * @param traceOf reads one trace with its events, unless they are more than the query wants
     */
    static Source<FlowTrace> ofTraces(
        TraceQuery query,
        Function<TraceQuery, List<FlowTrace>> headersOf,
        Function<TraceId, Optional<FlowTrace>> traceOf) {
      HeaderPages headers = new HeaderPages(query, headersOf);
      return query.withEvents() ? new WholeTraces(query, headers, traceOf) : headers;
    }
  }

  /**
   * Reads elements after another.
   *
   * @param <E> the elements
   */
  @FunctionalInterface
  public interface Pages<E> {
    /**
     * Reads a page.
     *
     * @param last the element before the page; null for the first page
     * @param size the largest number of elements; fewer only at the end
     */
    List<E> read(@Nullable E last, int size);
  }

  /**
   * A cursor at the first element.
   *
   * @param guard is passed by each chunk; it refuses every element after the close of the store
   * @param limit how many elements the cursor gives at most; null for all
   */
  protected ChunkedCursor(CallGuard guard, @Nullable Integer limit, Source<E> source) {
    this.guard = guard;
    this.source = source;
    this.remaining = limit != null ? limit : Long.MAX_VALUE;
  }

  /** A cursor over traces; {@code limit} null gives all. */
  public static TraceCursor ofTraces(
      CallGuard guard, @Nullable Integer limit, Source<FlowTrace> source) {
    return new Traces(guard, limit, source);
  }

  /** A cursor over events; {@code limit} null gives all. */
  public static EventCursor ofEvents(
      CallGuard guard, @Nullable Integer limit, Source<TraceEvent> source) {
    return new Events(guard, limit, source);
  }

  /** A cursor over ids that are read in pages of {@code pageSize}. */
  public static TraceIdCursor ofTraceIds(CallGuard guard, int pageSize, Pages<TraceId> pages) {
    return new TraceIds(guard, new PageSource<>(pages, pageSize));
  }

  @Override
  public final boolean hasNext() {
    guard.ensureOpen();
    if (chunk.isEmpty() && remaining > 0) {
      List<E> read = guard.call(() -> source.next(remaining));
      chunk.addAll(read);
      remaining = read.isEmpty() ? 0 : remaining - read.size();
    }
    return !chunk.isEmpty();
  }

  @Override
  public final E next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return chunk.remove();
  }

  @Override
  public final void close() {
    chunk.clear();
    remaining = 0;
  }

  private static final class Traces extends ChunkedCursor<FlowTrace> implements TraceCursor {
    Traces(CallGuard guard, @Nullable Integer limit, Source<FlowTrace> source) {
      super(guard, limit, source);
    }
  }

  private static final class Events extends ChunkedCursor<TraceEvent> implements EventCursor {
    Events(CallGuard guard, @Nullable Integer limit, Source<TraceEvent> source) {
      super(guard, limit, source);
    }
  }

  private static final class TraceIds extends ChunkedCursor<TraceId> implements TraceIdCursor {
    TraceIds(CallGuard guard, Source<TraceId> source) {
      super(guard, null, source);
    }
  }
}

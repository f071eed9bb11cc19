package io.tracestore.provider.redis.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.provider.support.Entrance;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Walks an index from trace to trace. Holds headers up to a bound of bytes, and one whole trace.
 */
public final class RedisCursor implements TraceCursor {
  private final TraceQuery query;
  private final Runnable ensureOpen;
  private final Entrance entrance;
  private final RedisTraceReader reads;
  private final Queue<FlowTrace> headers = new ArrayDeque<>();
  private RedisTraceReader.@Nullable Matches matches;
  private long pass;
  private long remaining;
  private @Nullable FlowTrace next;

  /**
   * @param ensureOpen throws if the store is closed
   */
  public RedisCursor(
      TraceQuery query, Runnable ensureOpen, Entrance entrance, RedisTraceReader reads) {
    this.query = query;
    this.ensureOpen = ensureOpen;
    this.entrance = entrance;
    this.reads = reads;
    this.pass = query.offset();
    Integer limit = query.limit();
    this.remaining = limit != null ? limit : Long.MAX_VALUE;
  }

  @Override
  public boolean hasNext() {
    ensureOpen.run();
    return entrance.pass(() -> {
      while (next == null && remaining > 0) {
        if (headers.isEmpty() && !readHeaders()) {
          return false;
        }
        FlowTrace header = headers.element();
        if (pass > 0) {
          pass--;
        } else {
          next = query.withEvents() ? whole(header) : header;
        }
        headers.remove(); // only now: if reading failed, it is read when asked again
      }
      return next != null;
    });
  }

  private boolean readHeaders() {
    if (matches == null) {
      matches = reads.matches(query, Integer.MAX_VALUE);
    }
    headers.addAll(matches.next());
    return !headers.isEmpty();
  }

  /** Null if the trace was deleted, or does not match any more, since its header was read. */
  private @Nullable FlowTrace whole(FlowTrace header) {
    return reads
        .trace(header.traceId())
        .filter(trace -> trace.startTime().equals(header.startTime()) && query.matches(trace))
        .orElse(null);
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

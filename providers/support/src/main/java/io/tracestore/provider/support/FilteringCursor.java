package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The traces that match a query, of which the engine answers only a part of the filters: it reads
 * the traces that match that part and tests the {@linkplain TraceQuery#filtersByReading() other
 * filters} in memory. Holds what the cursor of the engine holds, and one trace.
 */
final class FilteringCursor implements TraceCursor {
  private final TraceQuery query;
  private final TraceQuery further;
  private final TraceCursor candidates;
  private long read;
  private long toPass;
  private long remaining;
  private @Nullable FlowTrace next;

  /**
   * @param wider finds every match, and perhaps other traces
   * @param open opens a cursor for {@code wider}
   */
  FilteringCursor(TraceQuery query, TraceQuery wider, Function<TraceQuery, TraceCursor> open) {
    this.query = query;
    this.further = filtersByReading(query);
    this.toPass = query.offset();
    Integer limit = query.limit();
    this.remaining = limit != null ? limit : Long.MAX_VALUE;
    this.candidates =
        open.apply(
            wider.toBuilder()
                .limit(null)
                .offset(0)
                .withEvents(query.withEvents() || query.filtersEventData())
                .maxEventBytes(query.filtersEventData() ? null : query.maxEventBytes())
                .build());
  }

  private static TraceQuery filtersByReading(TraceQuery query) {
    TraceQuery.Builder further =
        TraceQuery.builder()
            .maxDuration(query.maxDuration())
            .hasError(query.hasError())
            .errorContaining(query.errorContaining())
            .port(query.port());
    query.attributes().forEach(further::attribute);
    query.attributeKeys().forEach(further::hasAttribute);
    return further.build();
  }

  @Override
  public boolean hasNext() {
    // Asked even if nothing is wanted any more: a closed store refuses the call.
    boolean hasMore = candidates.hasNext();
    while (next == null && remaining > 0 && hasMore) {
      FlowTrace candidate = candidates.next();
      read++;
      if (further.matches(candidate)) {
        if (toPass > 0) {
          toPass--;
        } else {
          next = query.withEvents() ? candidate : candidate.withEvents(List.of());
          remaining--;
          return true;
        }
      }
      hasMore = candidates.hasNext();
    }
    return next != null;
  }

  /** How many candidates were read so far. */
  long read() {
    return read;
  }

  @Override
  public FlowTrace next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    FlowTrace trace = next;
    next = null;
    if (trace == null) {
      throw new NoSuchElementException();
    }
    return trace;
  }

  @Override
  public void close() {
    remaining = 0;
    next = null;
    candidates.close();
  }
}

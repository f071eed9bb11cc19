package io.tracestore.provider.support.index;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A walk through several lists at once, newest first, each trace once; for one thread.
 *
 * @param <T> the provider's traces
 */
public final class NewestFirst<T extends IndexedTrace> {
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(Comparator.comparing(Head::trace, (a, b) -> IndexedTrace.compare(b, a)));

  private record Head(IndexedTrace trace, Postings.Reader rest) {}

  private @Nullable IndexedTrace last;

  NewestFirst(List<Postings> lists, TimeRange range) {
    for (Postings list : lists) {
      enqueue(list.read(range));
    }
  }

  /** The next trace, or null if there is none. */
  @SuppressWarnings("unchecked") // a TraceIndex<T> takes nothing else
  public @Nullable T next() {
    IndexedTrace next;
    do {
      Head head = heads.poll();
      if (head == null) {
        return null;
      }
      next = head.trace;
      enqueue(head.rest);
    } while (last != null && IndexedTrace.compare(next, last) >= 0);
    last = next;
    return (T) next;
  }

  private void enqueue(Postings.Reader reader) {
    IndexedTrace trace = reader.next();
    if (trace != null) {
      heads.add(new Head(trace, reader));
    }
  }
}

package io.tracestore.provider.mem;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Walks through several lists at once, newest first, each trace once; for one thread. */
final class NewestFirst {
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(Comparator.comparing(Head::trace, (a, b) -> StoredTrace.compare(b, a)));

  private record Head(StoredTrace trace, Postings.Reader rest) {}

  private @Nullable StoredTrace last;

  NewestFirst(List<Postings> lists, TimeRange range) {
    for (Postings list : lists) {
      enqueue(list.read(range));
    }
  }

  /** The next trace, or null if there is none. */
  @Nullable StoredTrace next() {
    StoredTrace next;
    do {
      Head head = heads.poll();
      if (head == null) {
        return null;
      }
      next = head.trace;
      enqueue(head.rest);
    } while (next == last);
    last = next;
    return next;
  }

  private void enqueue(Postings.Reader reader) {
    StoredTrace trace = reader.next();
    if (trace != null) {
      heads.add(new Head(trace, reader));
    }
  }
}

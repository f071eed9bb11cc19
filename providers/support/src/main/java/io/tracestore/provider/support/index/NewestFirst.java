package io.tracestore.provider.support.index;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk through several lists at once, newest first, each trace once; for one thread.
 *
 * @param <T> the provider's traces
 */
public final class NewestFirst<T extends IndexedTrace> {
  private final MergedWalk.Source<IndexedTrace> walk;

  NewestFirst(List<Postings> lists, TimeRange range) {
    // Most queries walk one list, which is in order by itself and has no trace twice.
    walk = lists.size() == 1 ? lists.getFirst().read(range)::next : merged(lists, range)::next;
  }

  private static MergedWalk<IndexedTrace> merged(List<Postings> lists, TimeRange range) {
    List<MergedWalk.Source<IndexedTrace>> sources =
        lists.stream()
            .<MergedWalk.Source<IndexedTrace>>map(list -> list.read(range)::next)
            .toList();
    return new MergedWalk<>((a, b) -> IndexedTrace.compare(b, a), sources);
  }

  /** The next trace, or null if there is none. */
  @SuppressWarnings("unchecked") // a TraceIndex<T> takes nothing else
  public @Nullable T next() {
    return (T) walk.next();
  }
}

package io.tracestore.provider.support.index;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A walk through several sorted lists as if they were one, each entry once; for one thread. An
 * error of a source loses no entry: the next call goes on where it was.
 *
 * @param <E> an entry of a list
 */
public final class MergedWalk<E> {
  /**
   * A walk through one list.
   *
   * @param <E> an entry of the list
   */
  @FunctionalInterface
  public interface Source<E> {
    /** The next entry in order; null at the end. */
    @Nullable E next();
  }

  private record Head<E>(E entry, Source<E> rest) {}

  private final Comparator<E> order;
  private final PriorityQueue<Head<E>> heads;

  /** The sources whose next entry is not among the heads. */
  private final Deque<Source<E>> pending;

  private @Nullable E last;

  /**
   * A walk through {@code sources}.
   *
   * @param order that of each source; entries that it calls equal are the same
   */
  public MergedWalk(Comparator<E> order, List<? extends Source<E>> sources) {
    this.order = order;
    this.heads = new PriorityQueue<>((a, b) -> order.compare(a.entry, b.entry));
    this.pending = new ArrayDeque<>(sources);
  }

  /** The next entry, or null if there is none. */
  public @Nullable E next() {
    while (true) {
      while (!pending.isEmpty()) {
        Source<E> source = pending.element();
        E entry = source.next();
        if (entry != null) {
          heads.add(new Head<>(entry, source));
        }
        pending.remove();
      }
      Head<E> head = heads.poll();
      if (head == null) {
        return null;
      }
      pending.add(head.rest);
      if (last == null || order.compare(head.entry, last) > 0) {
        last = head.entry;
        return head.entry;
      }
    }
  }
}

package io.tracestore.provider.support;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Elements that are read page by page, each page after the last element of the one before. */
class PagedIterator<E> implements Iterator<E>, AutoCloseable {
  private final Runnable ensureOpen;
  private final BiFunction<@Nullable E, Integer, List<E>> pages;
  private final int pageSize;
  private Iterator<E> page = List.<E>of().iterator();
  private @Nullable E last;
  private long remaining;

  /**
   * @param ensureOpen throws if the store is closed
   * @param pages reads the elements after the given one (null: from the first), at most the given
   *     number; fewer only at the end
   * @param limit how many elements there are at most
   */
  PagedIterator(
      Runnable ensureOpen,
      BiFunction<@Nullable E, Integer, List<E>> pages,
      int pageSize,
      long limit) {
    this.ensureOpen = ensureOpen;
    this.pages = pages;
    this.pageSize = pageSize;
    this.remaining = limit;
  }

  @Override
  public boolean hasNext() {
    ensureOpen.run();
    if (!page.hasNext() && remaining > 0) {
      int wanted = (int) Math.min(pageSize, remaining);
      List<E> read = pages.apply(last, wanted);
      remaining = read.size() < wanted ? 0 : remaining - read.size();
      page = read.iterator();
    }
    return page.hasNext();
  }

  @Override
  public E next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    E element = page.next();
    last = element;
    return element;
  }

  @Override
  public void close() {
    remaining = 0;
    page = List.<E>of().iterator();
  }
}

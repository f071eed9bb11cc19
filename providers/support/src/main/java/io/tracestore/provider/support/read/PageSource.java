package io.tracestore.provider.support.read;

import io.tracestore.provider.support.read.ChunkedCursor.Pages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages of one size, each after the last element of the one before. */
final class PageSource<E> implements ChunkedCursor.Source<E> {
  private final Pages<E> pages;
  private final int pageSize;
  private @Nullable E last;
  private boolean lastPageRead;

  PageSource(Pages<E> pages, int pageSize) {
    this.pages = pages;
    this.pageSize = pageSize;
  }

  @Override
  public List<E> next(long most) {
    if (lastPageRead) {
      return List.of();
    }
    int size = (int) Math.min(pageSize, most);
    List<E> page = pages.read(last, size);
    lastPageRead = page.size() < size;
    if (!page.isEmpty()) {
      last = page.getLast();
    }
    return page;
  }
}

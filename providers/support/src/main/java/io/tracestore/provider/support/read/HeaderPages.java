package io.tracestore.provider.support.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.internal.TraceWeight;
import java.util.List;
import java.util.function.Function;

/**
 * Pages of headers, each after the last one of the page before, and smaller the larger they are.
 */
final class HeaderPages implements ChunkedCursor.Source<FlowTrace> {
  private static final int FIRST_PAGE = 16;
  private static final int LARGEST_PAGE = 256;

  /**
   * The intended greatest weight of a page; the weight of the page before sets the number of
   * headers.
   */
  private static final long PAGE_BYTES = 8 << 20;

  private final Function<TraceQuery, List<FlowTrace>> headersOf;
  private TraceQuery nextPage;
  private int pageSize = FIRST_PAGE;
  private boolean lastPageRead;

  HeaderPages(TraceQuery query, Function<TraceQuery, List<FlowTrace>> headersOf) {
    this.headersOf = headersOf;
    this.nextPage = query.toBuilder().withEvents(false).build();
  }

  @Override
  public List<FlowTrace> next(long most) {
    if (lastPageRead) {
      return List.of();
    }
    int size = (int) Math.min(pageSize, most);
    List<FlowTrace> page = headersOf.apply(nextPage.toBuilder().limit(size).build());
    lastPageRead = page.size() < size;
    if (!page.isEmpty()) {
      long weight = Math.max(1, page.stream().mapToLong(TraceWeight::ofHeader).sum());
      int fitting = (int) Math.min(LARGEST_PAGE, Math.max(1, PAGE_BYTES * page.size() / weight));
      pageSize = Math.min(fitting, 4 * pageSize);
      nextPage = nextPage.after(page.getLast());
    }
    return page;
  }
}

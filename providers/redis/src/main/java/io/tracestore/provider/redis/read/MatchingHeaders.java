package io.tracestore.provider.redis.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Headers that a walk over an index finds, without the first ones that the query leaves out. */
public final class MatchingHeaders implements ChunkedCursor.Source<FlowTrace> {
  private final RedisTraceReader reads;
  private final TraceQuery query;
  private final Queue<FlowTrace> found = new ArrayDeque<>();
  private RedisTraceReader.@Nullable Matches matches;
  private long pass;

  public MatchingHeaders(RedisTraceReader reads, TraceQuery query) {
    this.reads = reads;
    this.query = query;
    this.pass = query.offset();
  }

  @Override
  public List<FlowTrace> next(long most) {
    do {
      if (found.isEmpty() && !find()) {
        return List.of();
      }
      for (; pass > 0 && !found.isEmpty(); pass--) {
        found.remove();
      }
    } while (found.isEmpty());
    List<FlowTrace> headers = new ArrayList<>();
    while (!found.isEmpty() && headers.size() < most) {
      headers.add(found.remove());
    }
    return headers;
  }

  private boolean find() {
    if (matches == null) {
      matches = reads.matches(query, Integer.MAX_VALUE);
    }
    return found.addAll(matches.next());
  }
}

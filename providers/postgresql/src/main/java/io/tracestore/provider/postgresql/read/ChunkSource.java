package io.tracestore.provider.postgresql.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.spi.TraceQuery;
import java.util.List;

/**
 * Chunks of traces, each after the last trace of the one before. Between two chunks it holds no
 * connection and no snapshot, so a failover between them goes unnoticed.
 */
public final class ChunkSource implements ChunkedCursor.Source<FlowTrace> {
  private static final int FIRST_TRACES = 16;
  private static final int MAX_TRACES = 256;

  private final TraceQueries queries;
  private TraceQuery rest;
  private int wanted = FIRST_TRACES;
  private boolean lastChunkRead;

  public ChunkSource(TraceQuery query, TraceQueries queries) {
    this.rest = query;
    this.queries = queries;
  }

  @Override
  public List<FlowTrace> next(long most) {
    if (lastChunkRead) {
      return List.of();
    }
    TraceChunk read = queries.chunk(rest, (int) Math.min(wanted, most));
    lastChunkRead = read.isLast();
    if (!read.traces().isEmpty()) {
      // About as many as fit into a chunk, so that the server looks at few that do not.
      wanted = Math.min(2 * read.traces().size(), MAX_TRACES);
      rest = rest.after(read.traces().getLast());
    }
    return read.traces();
  }
}

package io.tracestore.provider.postgresql.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * Reads chunk after chunk, each after the last trace of the one before. Between two chunks it holds
 * no connection and no snapshot: any number may be open for any time, and a failover between two
 * chunks goes unnoticed.
 */
public final class ChunkCursor implements TraceCursor {
  private static final int FIRST_TRACES = 16;
  private static final int MAX_TRACES = 256;

  /** Reads the first chunk of the traces that are left, with at most {@code limit} traces. */
  @FunctionalInterface
  public interface Source {
    TraceChunk read(TraceQuery rest, int limit);
  }

  private final Runnable ensureOpen;
  private final Source source;
  private final Queue<FlowTrace> chunk = new ArrayDeque<>();
  private TraceQuery rest;
  private long remaining;
  private int wanted = FIRST_TRACES;
  private boolean lastChunkRead;

  /**
   * @param ensureOpen throws if the store is closed
   */
  public ChunkCursor(TraceQuery query, Runnable ensureOpen, Source source) {
    this.ensureOpen = ensureOpen;
    this.source = source;
    this.rest = query;
    Integer limit = query.limit();
    this.remaining = limit != null ? limit : Long.MAX_VALUE;
  }

  @Override
  public boolean hasNext() {
    ensureOpen.run();
    if (chunk.isEmpty() && remaining > 0 && !lastChunkRead) {
      readChunk();
    }
    return !chunk.isEmpty();
  }

  private void readChunk() {
    TraceChunk read = source.read(rest, (int) Math.min(wanted, remaining));
    lastChunkRead = read.isLast();
    if (!read.traces().isEmpty()) {
      // About as many as fit into a chunk, so that the server looks at few that do not.
      wanted = Math.min(2 * read.traces().size(), MAX_TRACES);
      chunk.addAll(read.traces());
      remaining -= read.traces().size();
      rest = rest.after(read.traces().getLast());
    }
  }

  @Override
  public FlowTrace next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return chunk.remove();
  }

  @Override
  public void close() {
    chunk.clear();
    remaining = 0;
  }
}

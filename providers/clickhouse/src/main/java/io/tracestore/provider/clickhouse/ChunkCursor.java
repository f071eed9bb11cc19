package io.tracestore.provider.clickhouse;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a page of places, and then the traces there, as many at once as fit into a chunk of a few
 * megabytes. Its memory is bounded by a chunk and by one trace. For one thread.
 */
final class ChunkCursor implements TraceCursor {
  private static final int PAGE = 1_000;
  private static final long CHUNK_BYTES = 4L << 20;

  /**
   * One thing to read.
   *
   * @param <T> what that is
   */
  @FunctionalInterface
  interface Step<T> {
    T read(TraceReader reader);
  }

  /** Runs a step of a cursor if the store is open. */
  @FunctionalInterface
  interface Steps {
    <T> T read(Step<T> step);
  }

  private final Steps steps;
  private final TraceQuery query;
  private final Queue<TraceReader.Entry> places = new ArrayDeque<>();
  private final Queue<FlowTrace> traces = new ArrayDeque<>();
  private Map<UUID, Long> sizes = Map.of();
  private @Nullable TraceQuery nextPage;
  private long remaining;

  ChunkCursor(Steps steps, TraceQuery query) {
    this.steps = steps;
    this.query = query;
    this.nextPage = query;
    Integer limit = query.limit();
    this.remaining = limit != null ? limit : Long.MAX_VALUE;
  }

  @Override
  public boolean hasNext() {
    steps.read(reader -> true);
    while (traces.isEmpty() && remaining > 0) {
      if (!readTraces()) {
        return false;
      }
    }
    return remaining > 0;
  }

  private boolean readTraces() {
    if (places.isEmpty() && !readPlaces()) {
      return false;
    }
    List<TraceReader.Entry> chunk = nextChunk();
    traces.addAll(steps.read(reader -> reader.traces(chunk, query)));
    chunk.forEach(place -> places.remove()); // only now: what failed is read when asked again
    return true;
  }

  private boolean readPlaces() {
    TraceQuery page = nextPage;
    if (page == null) {
      return false;
    }
    int size = (int) Math.min(PAGE, remaining);
    List<TraceReader.Entry> entries = steps.read(reader -> reader.entries(page, size));
    if (!entries.isEmpty()) {
      sizes = steps.read(reader -> reader.sizes(entries));
    }
    nextPage = entries.size() < size ? null : TraceReader.behind(query, entries.getLast());
    return places.addAll(entries);
  }

  private List<TraceReader.Entry> nextChunk() {
    List<TraceReader.Entry> chunk = new ArrayList<>();
    long bytes = 0;
    for (TraceReader.Entry place : places) {
      bytes += sizes.getOrDefault(place.id(), 0L);
      if (!chunk.isEmpty() && bytes > CHUNK_BYTES) {
        break;
      }
      chunk.add(place);
    }
    return chunk;
  }

  @Override
  public FlowTrace next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    remaining--;
    return traces.remove();
  }

  @Override
  public void close() {
    places.clear();
    traces.clear();
    nextPage = null;
    remaining = 0;
  }
}

package io.tracestore.provider.clickhouse.read;

import io.tracestore.model.FlowTrace;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of traces: reads a page of places, and then the traces there, as many at once as fit into
 * a few megabytes. Its memory is bounded by a chunk and by one trace.
 *
 * <p>Most traces are small: their rows are asked for without knowing how large they are. If they
 * turn out to be more than a chunk may have, all further traces are measured before they are read.
 */
public final class ChunkSource implements ChunkedCursor.Source<FlowTrace> {
  private static final int LARGEST_PAGE = 1_000;

  /** The first page is small, for who wants only some traces; each next one is four times it. */
  private static final int FIRST_PAGE = 64;

  private static final int GROWTH = 4;
  private static final long CHUNK_BYTES = 4L << 20;

  /** How many traces that were not measured are asked for at once; half of it the first time. */
  private static final int UNMEASURED = 64;

  /** Reads from the server. */
  public interface Reader {
    /** Reads the places of the first traces that {@code query} finds, in order. */
    List<ClickHouseTraceReader.Entry> entries(TraceQuery query, int limit);

    /** Reads about how many bytes the events of the traces at {@code entries} have. */
    Map<UUID, Long> sizes(Collection<ClickHouseTraceReader.Entry> entries);

    /** Reads the traces at {@code entries}, in their order, that match {@code query} now. */
    List<FlowTrace> traces(List<ClickHouseTraceReader.Entry> entries, TraceQuery query);

    /** The same, unless their rows have more than {@code most} bytes; null then. */
    @Nullable List<FlowTrace> tracesWithin(
        long most, List<ClickHouseTraceReader.Entry> entries, TraceQuery query);
  }

  private final Reader reader;
  private final TraceQuery query;
  private final Queue<ClickHouseTraceReader.Entry> places = new ArrayDeque<>();
  private Map<UUID, Long> sizes = Map.of();
  private @Nullable TraceQuery nextPage;
  private boolean measures;
  private int pageSize = FIRST_PAGE;
  private int unmeasured = UNMEASURED / 2;

  public ChunkSource(Reader reader, TraceQuery query) {
    this.reader = reader;
    this.query = query;
    this.nextPage = query;
    this.measures = query.maxEventBytes() != null;
  }

  @Override
  public List<FlowTrace> next(long most) {
    while (!places.isEmpty() || readPlaces(most)) {
      List<FlowTrace> traces = measures ? nextMeasured() : nextUnmeasured();
      if (!traces.isEmpty()) {
        return traces;
      }
    }
    return List.of();
  }

  private List<FlowTrace> nextUnmeasured() {
    List<ClickHouseTraceReader.Entry> chunk = places.stream().limit(unmeasured).toList();
    List<FlowTrace> traces = reader.tracesWithin(CHUNK_BYTES, chunk, query);
    if (traces == null) {
      sizes = reader.sizes(places);
      measures = true;
      return nextMeasured();
    }
    remove(chunk);
    unmeasured = UNMEASURED;
    return traces;
  }

  private List<FlowTrace> nextMeasured() {
    List<ClickHouseTraceReader.Entry> chunk = nextChunk();
    TraceQuery wanted =
        isTooLarge(chunk.getFirst()) ? query.toBuilder().withEvents(false).build() : query;
    List<FlowTrace> traces = reader.traces(chunk, wanted);
    remove(chunk);
    return traces;
  }

  /** Only after they were read: what failed is read when asked again. */
  private void remove(List<ClickHouseTraceReader.Entry> chunk) {
    chunk.forEach(place -> places.remove());
  }

  private boolean readPlaces(long most) {
    TraceQuery page = nextPage;
    if (page == null) {
      return false;
    }
    int size = (int) Math.min(pageSize, most);
    List<ClickHouseTraceReader.Entry> entries = reader.entries(page, size);
    pageSize = Math.min(GROWTH * pageSize, LARGEST_PAGE);
    if (measures && !entries.isEmpty()) {
      sizes = reader.sizes(entries);
    }
    nextPage =
        entries.size() < size ? null : ClickHouseTraceReader.behind(query, entries.getLast());
    return places.addAll(entries);
  }

  private List<ClickHouseTraceReader.Entry> nextChunk() {
    List<ClickHouseTraceReader.Entry> chunk = new ArrayList<>();
    long bytes = 0;
    for (ClickHouseTraceReader.Entry place : places) {
      bytes += sizes.getOrDefault(place.id(), 0L);
      if (!chunk.isEmpty() && (bytes > CHUNK_BYTES || isTooLarge(place))) {
        break;
      }
      chunk.add(place);
      if (isTooLarge(place)) {
        break;
      }
    }
    return chunk;
  }

  /** Whether it is read without its events. */
  private boolean isTooLarge(ClickHouseTraceReader.Entry place) {
    Long most = query.maxEventBytes();
    return most != null && sizes.getOrDefault(place.id(), 0L) > most;
  }
}

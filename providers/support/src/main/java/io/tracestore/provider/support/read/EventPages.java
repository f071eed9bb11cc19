package io.tracestore.provider.support.read;

import io.tracestore.model.TraceEvent;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.EventRange.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Events of one trace, page after page. Reads the places of many events at once, in order, and the
 * events of a few of them at a time. An event that is gone, or has another time, when its page is
 * read, is passed over. Holds the places of {@value #MAX_PLACES} events at most, and one page.
 */
public final class EventPages implements ChunkedCursor.Source<TraceEvent> {
  /** How many places are read at once: an engine without an index by time sorts a trace for it. */
  public static final int MAX_PLACES = 50_000;

  /** The weight at which a page ends, after the event that reaches it. */
  public static final long PAGE_BYTES = 4 << 20;

  /** The memory of an event beside its encoded form. */
  private static final long EVENT_BYTES = 400;

  /**
   * The place of an event in the order of its trace.
   *
   * @param bytes about how many bytes the encoded event has, decompressed
   */
  public record Place(Position position, long bytes) {}

  /** Reads from an engine. */
  public interface Reader {
    /** Reads the places of the first events after {@code after}, or of the trace, in order. */
    List<Place> places(@Nullable Position after, int limit);

    /**
     * Reads the events at {@code page}, in any order; others may be among them.
     *
     * @param page not empty, in order
     */
    List<TraceEvent> events(List<Place> page);
  }

  private final Reader reader;
  private final Queue<Place> places = new ArrayDeque<>();
  private @Nullable Position last;
  private boolean lastPlacesRead;

  /** The events after the beginning of {@code range}. */
  public EventPages(EventRange range, Reader reader) {
    this.reader = reader;
    this.last = range.after();
  }

  @Override
  public List<TraceEvent> next(long most) {
    while (!places.isEmpty() || readPlaces(most)) {
      List<Place> page = nextPage(most);
      List<TraceEvent> events = eventsAt(page);
      page.forEach(place -> places.remove()); // only now: what failed is read when asked again
      if (!events.isEmpty()) {
        return events;
      }
    }
    return List.of();
  }

  private boolean readPlaces(long most) {
    if (lastPlacesRead) {
      return false;
    }
    int size = (int) Math.min(MAX_PLACES, most);
    List<Place> read = reader.places(last, size);
    lastPlacesRead = read.size() < size;
    if (!read.isEmpty()) {
      last = read.getLast().position();
    }
    return places.addAll(read);
  }

  private List<Place> nextPage(long most) {
    List<Place> page = new ArrayList<>();
    long bytes = 0;
    for (Place place : places) {
      if (bytes >= PAGE_BYTES || page.size() == most) {
        break;
      }
      page.add(place);
      bytes += EVENT_BYTES + place.bytes();
    }
    return page;
  }

  private List<TraceEvent> eventsAt(List<Place> page) {
    Set<Position> wanted = HashSet.newHashSet(page.size());
    page.forEach(place -> wanted.add(place.position()));
    List<TraceEvent> events = new ArrayList<>(page.size());
    for (TraceEvent event : reader.events(page)) {
      if (wanted.contains(Position.of(event))) {
        events.add(event);
      }
    }
    events.sort(TraceEvent.ORDER);
    return events;
  }
}

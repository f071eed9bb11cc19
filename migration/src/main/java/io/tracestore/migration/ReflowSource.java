package io.tracestore.migration;

import io.tracestore.codec.ReflowJsonReader;
import io.tracestore.migration.spans.EventSpool;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStoreException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The traces of one file in Reflow's JSON that is no backup. A large trace comes in parts, once it
 * was read to its end and is known to be valid.
 */
final class ReflowSource implements TraceSource {
  private final String name;
  private final ReflowJsonReader reader;

  /** The events of the trace being read that are too many to hold. */
  private EventSpool overflow = new EventSpool();

  private Iterator<TraceEvent> parts = overflow.iterator();
  private @Nullable Read last;
  private boolean holdsAny;
  private boolean ended;

  /**
   * @param in closed with this source
   */
  ReflowSource(InputStream in, String name) {
    this.name = name;
    this.reader = new ReflowJsonReader(in, name, event -> overflow.add(event));
  }

  @Override
  public Optional<Item> next() {
    Read read = last;
    if (read != null) {
      return Optional.of(part(read));
    }
    if (ended) {
      return Optional.empty();
    }
    dropOverflow();
    Optional<ReflowJsonReader.Item> item;
    try {
      item = reader.next();
    } catch (TraceStoreException e) {
      // Text that is not JSON ends the file; the reader's message says where.
      return end(new Rejection(name, String.valueOf(e.getMessage())));
    }
    if (item.isEmpty()) {
      ended = true;
      return holdsAny ? Optional.empty() : end(Rejection.of(name, "holds no trace"));
    }
    holdsAny = true;
    return Optional.of(toItem(item.get()));
  }

  private Item toItem(ReflowJsonReader.Item item) {
    return switch (item) {
      case ReflowJsonReader.Item.Trace each -> {
        Read read = new Read(each.trace(), name, "%s: trace %d".formatted(name, each.number()));
        parts = overflow.iterator();
        last = read;
        yield part(read);
      }
      case ReflowJsonReader.Item.Rejected refused ->
          new Refused(new Rejection(name, String.valueOf(refused.reason().getMessage())));
    };
  }

  /** The next part of a large trace, or the trace with the events that were held. */
  private Item part(Read read) {
    if (!parts.hasNext()) {
      last = null;
      return read;
    }
    FlowTrace part = read.trace().withEvents(StoredEvents.piece(parts));
    return new Part(part, read.source(), read.position());
  }

  private void dropOverflow() {
    if (!overflow.isEmpty()) {
      overflow.close();
      overflow = new EventSpool();
    }
  }

  private Optional<Item> end(Rejection rejection) {
    ended = true;
    return Optional.of(new Refused(rejection));
  }

  @Override
  public void close() {
    try (reader) {
      overflow.close();
    }
  }
}

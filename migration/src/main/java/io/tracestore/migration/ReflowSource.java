package io.tracestore.migration;

import io.tracestore.codec.ReflowJsonReader;
import io.tracestore.spi.TraceStoreException;
import java.io.InputStream;
import java.util.Optional;

/** The traces of one file in Reflow's JSON that is no backup. */
final class ReflowSource implements TraceSource {
  private final String name;
  private final ReflowJsonReader reader;
  private boolean holdsAny;
  private boolean ended;

  /**
   * @param in closed with this source
   */
  ReflowSource(InputStream in, String name) {
    this.name = name;
    this.reader = new ReflowJsonReader(in, name);
  }

  @Override
  public Optional<Item> next() {
    if (ended) {
      return Optional.empty();
    }
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
      case ReflowJsonReader.Item.Trace read ->
          new Read(read.trace(), name, "%s: trace %d".formatted(name, read.number()));
      case ReflowJsonReader.Item.Rejected refused ->
          new Refused(new Rejection(name, String.valueOf(refused.reason().getMessage())));
    };
  }

  private Optional<Item> end(Rejection rejection) {
    ended = true;
    return Optional.of(new Refused(rejection));
  }

  @Override
  public void close() {
    reader.close();
  }
}

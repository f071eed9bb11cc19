package io.tracestore.migration;

import io.tracestore.codec.ReflowJsonReader;
import io.tracestore.spi.TraceStoreException;
import java.io.InputStream;
import java.util.Optional;

/** The traces of one file in Reflow's JSON; of a backup, its last line is checked at the end. */
final class ReflowSource implements TraceSource {
  private final String name;
  private final BackupInput input;
  private final ReflowJsonReader reader;
  private long traces;
  private long rejected;
  private boolean started;
  private boolean ended;

  /**
   * @param in closed with this source
   */
  ReflowSource(InputStream in, String name) {
    this.name = name;
    this.input = new BackupInput(in);
    this.reader = new ReflowJsonReader(input, name);
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
      // What is no JSON ends the file; the reader says where.
      return end(new Rejection(name, String.valueOf(e.getMessage())));
    }
    if (!started) {
      started = true;
      Optional<String> refusal = input.refusal();
      if (refusal.isPresent()) {
        return end(Rejection.of(name, refusal.get()));
      }
    }
    if (item.isEmpty()) {
      ended = true;
      return input.damage(traces, rejected).map(damage -> new Refused(Rejection.of(name, damage)));
    }
    return Optional.of(toItem(item.get()));
  }

  private Item toItem(ReflowJsonReader.Item item) {
    return switch (item) {
      case ReflowJsonReader.Item.Trace read -> {
        traces++;
        yield new Read(read.trace(), name, "%s: trace %d".formatted(name, read.number()));
      }
      case ReflowJsonReader.Item.Rejected refused -> {
        rejected++;
        yield new Refused(new Rejection(name, String.valueOf(refused.reason().getMessage())));
      }
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

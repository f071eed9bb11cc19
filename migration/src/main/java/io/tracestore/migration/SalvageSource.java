package io.tracestore.migration;

import io.tracestore.codec.ReflowJsonReader;
import io.tracestore.spi.TraceStoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * The traces of one file, each line read for itself, so that a line that is damaged, even no JSON,
 * does not hide those behind it. What the last line promises is checked at the end as always.
 */
final class SalvageSource implements TraceSource {
  private final String name;
  private final BackupInput input;
  private final int maxLine = (int) Math.min(Runtime.getRuntime().maxMemory() / 8, 1 << 30);
  private final byte[] buffer = new byte[1 << 16];
  private final Queue<Item> ready = new ArrayDeque<>();
  private int from;
  private int to;
  private long line;
  private long traces;
  private long rejected;
  private boolean ended;

  /**
   * @param in closed with this source
   */
  SalvageSource(InputStream in, String name) {
    this.name = name;
    this.input = new BackupInput(in);
  }

  @Override
  public Optional<Item> next() {
    while (ready.isEmpty() && !ended) {
      try {
        readLine();
      } catch (IOException e) {
        ended = true;
        refuse("cannot be read on behind line %d: %s".formatted(line, e.getMessage()));
      }
    }
    return Optional.ofNullable(ready.poll());
  }

  private void refuse(String reason) {
    ready.add(new Refused(Rejection.of(name, reason)));
  }

  private void readLine() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean tooLong = false;
    boolean any = false;
    line++;
    while (fill()) {
      any = true;
      int end = from;
      while (end < to && buffer[end] != '\n') {
        end++;
      }
      tooLong = tooLong || bytes.size() + (long) (end - from) > maxLine;
      if (!tooLong) {
        bytes.write(buffer, from, end - from);
      }
      boolean isWhole = end < to;
      from = isWhole ? end + 1 : end;
      if (isWhole) {
        break;
      }
    }
    if (!any) {
      end();
    } else if (tooLong) {
      rejected++;
      refuse("line %d is too long for this memory (java -Xmx sets it)".formatted(line));
    } else {
      parse(bytes.toByteArray());
    }
  }

  private boolean fill() throws IOException {
    if (from == to) {
      from = 0;
      to = Math.max(input.read(buffer, 0, buffer.length), 0);
    }
    return to > 0;
  }

  private void end() {
    ended = true;
    input.refusal().or(() -> input.damage(traces, rejected)).ifPresent(this::refuse);
  }

  private void parse(byte[] bytes) {
    String place = "%s:%d".formatted(name, line);
    try (ReflowJsonReader reader = new ReflowJsonReader(new ByteArrayInputStream(bytes), place)) {
      for (Optional<ReflowJsonReader.Item> item = reader.next();
          item.isPresent();
          item = reader.next()) {
        ready.add(toItem(item.get(), place));
      }
    } catch (TraceStoreException e) {
      rejected++;
      ready.add(new Refused(new Rejection(name, String.valueOf(e.getMessage()))));
    }
  }

  private Item toItem(ReflowJsonReader.Item item, String place) {
    return switch (item) {
      case ReflowJsonReader.Item.Trace read -> {
        traces++;
        yield new Read(read.trace(), name, place);
      }
      case ReflowJsonReader.Item.Rejected refused -> {
        rejected++;
        yield new Refused(new Rejection(name, String.valueOf(refused.reason().getMessage())));
      }
    };
  }

  @Override
  public void close() {
    try {
      input.close();
    } catch (IOException e) {
      throw new TraceStoreException("cannot close %s: %s".formatted(name, e.getMessage()), e);
    }
  }
}

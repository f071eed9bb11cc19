package io.tracestore.migration;

import io.tracestore.codec.ReflowJsonReader;
import io.tracestore.migration.BackupLines.Footer;
import io.tracestore.migration.LineInput.Seal;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The traces of a backup, or of another file with a trace in each line. Each line is read for
 * itself, so that a damaged one, even one that is not JSON, does not hide the lines after it. In a
 * backup every line has a seal, and a line that is not as it was written is refused even if it is a
 * valid trace. The promises of the last line are checked at the end.
 */
final class LineSource implements TraceSource {
  private final String name;
  private final LineInput lines;
  private final boolean isSalvage;
  private final Queue<Item> ready = new ArrayDeque<>();
  private boolean isSealed;
  private boolean hasHeader;
  private byte @Nullable [] footer;
  private boolean isFooterGood;
  private long line;
  private long traces;
  private long events;
  private long rejected;
  private boolean ended;

  /**
   * @param in closed with this source
   * @param isSealed whether every line must have a seal
   * @param isSalvage whether a file of another version, or of which the beginning is lost, is read
   */
  LineSource(InputStream in, String name, boolean isSealed, boolean isSalvage) {
    this.name = name;
    this.lines = new LineInput(in);
    this.isSealed = isSealed;
    this.isSalvage = isSalvage;
  }

  @Override
  public Optional<Item> next() {
    while (ready.isEmpty() && !ended) {
      try {
        readLine();
      } catch (IOException e) {
        endAtFailure(e);
      }
    }
    return Optional.ofNullable(ready.poll());
  }

  private void endAtFailure(IOException e) {
    ended = true;
    refuse("cannot be read on after line %d: %s".formatted(line, e.getMessage()));
  }

  private void refuse(String reason) {
    ready.add(new Refused(Rejection.of(name, reason)));
  }

  private void readLine() throws IOException {
    if (!lines.nextLine()) {
      ended = true;
      damage().ifPresent(this::refuse);
      return;
    }
    line++;
    if (line == 1 && lines.startsWith(BackupLines.headerStart())) {
      readHeader();
    } else if (lines.startsWith(BackupLines.footerStart())) {
      readFooter();
    } else {
      readTraces();
    }
  }

  private void readHeader() throws IOException {
    hasHeader = true;
    isSealed = true;
    byte[] header = lines.readLine();
    boolean isGood = lines.finishLine() == Seal.GOOD;
    Optional<Long> version = BackupLines.version(header);
    if (version.isPresent() && version.get() != BackupLines.VERSION) {
      refuse(
          "the backup has version %d; this Tracestore reads version %d"
              .formatted(version.get(), BackupLines.VERSION));
      ended = true;
    } else if (!isGood || version.isEmpty()) {
      refuse("the backup's first line is damaged");
      ended = !isSalvage;
    }
  }

  private void readFooter() throws IOException {
    lines.withoutDigest();
    byte[] last = lines.readLine();
    isFooterGood = lines.finishLine() == Seal.GOOD;
    footer = last;
    if (!isSalvage || isFooterGood) {
      ended = true;
      damage().ifPresent(this::refuse);
    }
  }

  /**
   * Reads a line, which holds one trace or a part of one; it counts only if its seal, which comes
   * last, is right.
   */
  private void readTraces() throws IOException {
    boolean isPart = lines.startsWith(BackupLines.partStart());
    String place = "%s:%d".formatted(name, line);
    List<Item> items = new ArrayList<>();
    try (ReflowJsonReader reader = new ReflowJsonReader(lines, place)) {
      for (Optional<ReflowJsonReader.Item> item = reader.next();
          item.isPresent();
          item = reader.next()) {
        if (!items.isEmpty()) {
          items.add(new Refused(Rejection.of(place, "more than one value stands in the line")));
          break;
        }
        items.add(toItem(item.get(), place, isPart));
      }
    } catch (TraceStoreException e) {
      items.add(new Refused(new Rejection(name, String.valueOf(e.getMessage()))));
    }
    Seal seal = lines.finishLine();
    isSealed = isSealed || seal == Seal.GOOD;
    if (isSealed && seal != Seal.GOOD && items.stream().noneMatch(Refused.class::isInstance)) {
      items = List.of(new Refused(Rejection.of(place, "the line is not as it was written")));
    } else if (isSealed && items.isEmpty()) {
      items = List.of(new Refused(Rejection.of(place, "the line is empty")));
    }
    items.forEach(this::count);
    ready.addAll(items);
  }

  private void count(Item item) {
    switch (item) {
      case Read read -> {
        traces++;
        events += read.trace().events().size();
      }
      case Part part -> events += part.trace().events().size();
      case Refused refused -> rejected++;
      case PassedOver nothing -> {}
    }
  }

  private Item toItem(ReflowJsonReader.Item item, String place, boolean isPart) {
    return switch (item) {
      case ReflowJsonReader.Item.Trace read when isPart -> new Part(read.trace(), name, place);
      case ReflowJsonReader.Item.Trace read -> new Read(read.trace(), name, place);
      case ReflowJsonReader.Item.Rejected refused ->
          new Refused(new Rejection(name, String.valueOf(refused.reason().getMessage())));
    };
  }

  /** The damage of the file, which was read to its end; empty if it has none. */
  private Optional<String> damage() throws IOException {
    if (!isSealed) {
      return traces + rejected == 0 ? Optional.of("holds no trace") : Optional.empty();
    }
    if (!hasHeader) {
      return Optional.of("the backup is cut off: its first line is missing");
    }
    if (footer == null) {
      return Optional.of(
          "the backup is truncated: its last line is missing after %d traces".formatted(traces));
    }
    Optional<Footer> promised = BackupLines.parseFooter(footer);
    if (promised.isEmpty() || !isFooterGood) {
      return Optional.of("the backup is truncated or altered: its last line is damaged");
    }
    return contradiction(promised.get());
  }

  private Optional<String> contradiction(Footer promised) throws IOException {
    if (promised.traces() != traces + rejected) {
      return Optional.of(
          "the backup was altered: it should hold %d traces and holds %d"
              .formatted(promised.traces(), traces + rejected));
    }
    String checksum = HexFormat.of().formatHex(lines.digest());
    if (!promised.checksum().equals(checksum)) {
      return Optional.of(
          "the backup was altered: its checksum should be %s and is %s"
              .formatted(promised.checksum(), checksum));
    }
    if (rejected == 0 && promised.events() != events) {
      return Optional.of(
          "the backup was altered: it should hold %d events and holds %d"
              .formatted(promised.events(), events));
    }
    return lines.onlySpaceIsLeft()
        ? Optional.empty()
        : Optional.of("the backup was altered: something follows its last line");
  }

  @Override
  public void close() {
    try {
      lines.closeFile();
    } catch (IOException e) {
      throw new TraceStoreException("cannot close %s: %s".formatted(name, e.getMessage()), e);
    }
  }
}

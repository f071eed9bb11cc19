package io.tracestore.migration.spans;

import io.tracestore.migration.Rejection;
import io.tracestore.migration.TraceSource;
import io.tracestore.migration.spans.SpanSpool.Group;
import io.tracestore.migration.spans.SpanSpool.SpoolRecord;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The traces of files of spans, all of one format. The spans of a trace may stand anywhere in any
 * of them, so that all files are read before the first trace is given; memory stays bounded by
 * {@link SpanSpool}.
 */
public final class SpanSource implements TraceSource {
  private final Origin origin;
  private final SpanReader.Opener opener;
  private final Iterator<Input> inputs;
  private final List<String> names = new ArrayList<>();
  private final SpanSpool spool;
  private final long maxTraceBytes;
  private @Nullable SpanReader reader;
  private boolean holdsAny;
  private @Nullable Iterator<Group> groups;

  /**
   * One file.
   *
   * @param name what messages call it
   * @param in opens it, when its turn comes; empty if there is nothing to read
   */
  public record Input(String name, Supplier<Optional<InputStream>> in) {}

  /** The traces of {@code inputs}, within a part of this JVM's memory. */
  public SpanSource(Origin origin, SpanReader.Opener opener, List<Input> inputs) {
    this(origin, opener, inputs, Runtime.getRuntime().maxMemory());
  }

  /**
   * @param memory how much heap there is
   */
  public SpanSource(Origin origin, SpanReader.Opener opener, List<Input> inputs, long memory) {
    this.origin = origin;
    this.opener = opener;
    this.inputs = inputs.iterator();
    this.maxTraceBytes = memory / 16;
    this.spool = new SpanSpool(memory / 10, maxTraceBytes);
  }

  @Override
  public Optional<Item> next() {
    while (groups == null) {
      Optional<Item> problem = readSpan();
      if (problem.isPresent()) {
        return problem;
      }
    }
    return groups.hasNext() ? Optional.of(toTrace(groups.next())) : Optional.empty();
  }

  /** Reads on by one span, or into the next file; what is wrong there, if anything. */
  private Optional<Item> readSpan() {
    SpanReader open = reader;
    if (open == null) {
      openNext();
      return Optional.empty();
    }
    switch (open.next()) {
      case SpanReader.Found item -> {
        holdsAny = true;
        Span span = item.span();
        spool.add(
            span.traceId(),
            new SpoolRecord(names.size() - 1, item.line(), item.column(), SpanBytes.write(span)));
      }
      case SpanReader.PassedOver item -> {
        return Optional.of(new PassedOver(names.getLast(), item.what()));
      }
      case SpanReader.Refused item -> {
        holdsAny = true;
        return Optional.of(new Refused(item.rejection()));
      }
      case null -> {
        open.close();
        reader = null;
        if (!holdsAny) {
          return Optional.of(new Refused(Rejection.of(names.getLast(), "holds no span")));
        }
      }
    }
    return Optional.empty();
  }

  private void openNext() {
    if (!inputs.hasNext()) {
      groups = spool.drain();
      return;
    }
    Input input = inputs.next();
    names.add(input.name());
    holdsAny = false;
    reader =
        input
            .in()
            .get()
            .map(stream -> opener.open(stream, input.name(), maxTraceBytes))
            .orElse(null);
  }

  private Item toTrace(Group group) {
    SpoolRecord first = group.records().getFirst();
    String source = names.get(first.file());
    String position = position(source, first);
    if (group.tooLarge()) {
      return new Refused(
          new Rejection(
              source,
              "%s: trace %s is too large for this memory: %d bytes (at most %d; java -Xmx sets it)"
                  .formatted(position, group.traceId(), group.bytes(), maxTraceBytes)));
    }
    try {
      return new Read(TraceMapper.map(origin, spans(group)), source, position);
    } catch (IllegalArgumentException e) {
      return new Refused(
          new Rejection(
              source, "%s: trace %s: %s".formatted(position, group.traceId(), e.getMessage())));
    }
  }

  /** The reports without those that are there twice, in an order of their own. */
  private static List<Span> spans(Group group) {
    TreeSet<byte[]> distinct = new TreeSet<>(Arrays::compare);
    group.records().forEach(each -> distinct.add(each.span()));
    List<Span> spans = new ArrayList<>(distinct.size());
    distinct.forEach(bytes -> spans.add(SpanBytes.read(bytes)));
    return spans;
  }

  private static String position(String source, SpoolRecord first) {
    return first.line() == 0
        ? "%s: byte %d".formatted(source, first.column())
        : "%s:%d:%d".formatted(source, first.line(), first.column());
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
    spool.close();
  }
}

package io.tracestore.migration.spans;

import io.tracestore.migration.TraceSource;
import io.tracestore.migration.zipkin.ZipkinReader;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The traces and rejections read from files of spans. */
public record Imported(List<FlowTrace> traces, List<String> rejections) {
  private static final long MEMORY = 256L << 20;

  /** Reads Zipkin files named a.json, b.json and so on; single quotes stand for double ones. */
  public static Imported from(String... files) {
    return from(MEMORY, files);
  }

  public static Imported from(long memory, String... files) {
    return from(Origin.ZIPKIN, ZipkinReader::new, memory, files);
  }

  public static Imported from(Origin origin, SpanReader.Opener opener, String... files) {
    return from(origin, opener, MEMORY, files);
  }

  private static Imported from(
      Origin origin, SpanReader.Opener opener, long memory, String... files) {
    byte[][] contents = new byte[files.length][];
    for (int i = 0; i < files.length; i++) {
      contents[i] = files[i].replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
    return from(origin, opener, memory, contents);
  }

  public static Imported from(
      Origin origin, SpanReader.Opener opener, long memory, byte[]... files) {
    List<SpanSource.Input> inputs = new ArrayList<>();
    for (int i = 0; i < files.length; i++) {
      byte[] content = files[i];
      inputs.add(
          new SpanSource.Input(
              (char) ('a' + i) + ".json", () -> Optional.of(new ByteArrayInputStream(content))));
    }
    Imported imported = new Imported(new ArrayList<>(), new ArrayList<>());
    try (SpanSource source = new SpanSource(origin, opener, inputs, memory)) {
      Optional<TraceSource.Item> next = source.next();
      while (next.isPresent()) {
        switch (next.get()) {
          case TraceSource.Read read -> imported.traces.add(read.trace());
          case TraceSource.Part part -> {}
          case TraceSource.PassedOver passed -> {}
          case TraceSource.Refused refused ->
              imported.rejections.add(refused.rejection().message());
        }
        next = source.next();
      }
    }
    return imported;
  }

  /** The only trace, of files in which nothing was wrong. */
  public FlowTrace trace() {
    if (traces.size() != 1 || !rejections.isEmpty()) {
      throw new AssertionError("not exactly one trace: " + this);
    }
    return traces.getFirst();
  }

  /** The events of one of {@code types}. */
  public static List<TraceEvent> events(FlowTrace trace, TraceEventType... types) {
    return trace.events().stream()
        .filter(event -> Arrays.asList(types).contains(event.eventType()))
        .toList();
  }

  /** The start of the span with {@code spanId} in {@code service}. */
  public static TraceEvent start(FlowTrace trace, String service, String spanId) {
    return events(trace, TraceEventType.ACTOR_STARTED).stream()
        .filter(event -> event.actorId().equals(service))
        .filter(event -> event.causality().spanId().equals(spanId))
        .findFirst()
        .orElseThrow();
  }

  public static Optional<JsonValue> attribute(TraceEvent event, String name) {
    return Optional.ofNullable(event.data().customAttributes().get(name));
  }
}

package io.tracestore.migration.zipkin;

import io.tracestore.migration.TraceSource;
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

/** What was read from texts of Zipkin's JSON. */
record Imported(List<FlowTrace> traces, List<String> rejections) {
  private static final long MEMORY = 256L << 20;

  /** Reads files named a.json, b.json and so on; single quotes stand for double ones. */
  static Imported from(String... files) {
    return from(MEMORY, files);
  }

  static Imported from(long memory, String... files) {
    List<ZipkinSource.Input> inputs = new ArrayList<>();
    for (int i = 0; i < files.length; i++) {
      byte[] content = files[i].replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      inputs.add(
          new ZipkinSource.Input(
              (char) ('a' + i) + ".json", () -> Optional.of(new ByteArrayInputStream(content))));
    }
    Imported imported = new Imported(new ArrayList<>(), new ArrayList<>());
    try (ZipkinSource source = new ZipkinSource(inputs, memory)) {
      Optional<TraceSource.Item> next = source.next();
      while (next.isPresent()) {
        switch (next.get()) {
          case TraceSource.Read read -> imported.traces.add(read.trace());
          case TraceSource.Refused refused ->
              imported.rejections.add(refused.rejection().message());
        }
        next = source.next();
      }
    }
    return imported;
  }

  /** The only trace, of files in which nothing was wrong. */
  FlowTrace trace() {
    if (traces.size() != 1 || !rejections.isEmpty()) {
      throw new AssertionError("not exactly one trace: " + this);
    }
    return traces.getFirst();
  }

  /** The events of one of {@code types}. */
  static List<TraceEvent> events(FlowTrace trace, TraceEventType... types) {
    return trace.events().stream()
        .filter(event -> Arrays.asList(types).contains(event.eventType()))
        .toList();
  }

  /** The start of the span with {@code spanId} in {@code service}. */
  static TraceEvent start(FlowTrace trace, String service, String spanId) {
    return events(trace, TraceEventType.ACTOR_STARTED).stream()
        .filter(event -> event.actorId().equals(service))
        .filter(event -> event.causality().spanId().equals(spanId))
        .findFirst()
        .orElseThrow();
  }

  static Optional<JsonValue> attribute(TraceEvent event, String name) {
    return Optional.ofNullable(event.data().customAttributes().get(name));
  }
}

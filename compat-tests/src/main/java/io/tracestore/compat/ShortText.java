package io.tracestore.compat;

import static java.util.stream.Collectors.joining;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.regex.Pattern;

/** Values of operations in few words: what is empty or always the same is left out. */
final class ShortText {
  private static final Pattern NOT_SET = Pattern.compile("\\w+=(null|\\{}), ");

  private ShortText() {}

  static String of(FlowTrace trace) {
    return "%s of %s, %s, start %s, end %s, %s, %s, %s"
        .formatted(
            trace.traceId(),
            trace.flowId(),
            trace.executionId(),
            trace.startTime(),
            trace.endTime(),
            trace.status(),
            trace.metadata(),
            of(trace.events()));
  }

  static String of(List<TraceEvent> events) {
    return events.stream()
        .map(event ->
            "%s at %s %s '%s'"
                .formatted(
                    event.eventId(),
                    event.timestamp(),
                    event.eventType().typeName(),
                    event.actorId()))
        .collect(joining(", ", "events [", "]"));
  }

  static String of(TraceQuery query) {
    return NOT_SET.matcher(query.toString()).replaceAll("");
  }
}

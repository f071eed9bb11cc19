package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Style;
import io.tracestore.cli.terminal.Text;
import io.tracestore.cli.terminal.Timeline;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One trace for people: what it is, and its timeline. */
final class TraceView {
  private static final int MIN_COLUMNS = 20;

  private TraceView() {}

  static void print(Console console, FlowTrace trace, int columns, int maxRows) {
    Style style = console.style();
    int width = Math.max(MIN_COLUMNS, columns);
    console.line(style.bold(Text.fit(Text.harmless(trace.flowId()), width)));
    Text.wrap("trace " + trace.traceId(), width).forEach(console::line);
    console.line(style.of(trace.status().kind(), Text.fit(status(trace), width)));
    console.line(Text.fit(counts(trace), width));
    String where = where(trace.metadata());
    if (!where.isEmpty()) {
      console.line(style.dim(Text.fit(where, width)));
    }
    console.line("");
    if (trace.events().isEmpty()) {
      console.line("no events");
      return;
    }
    Timeline.draw(trace, width, maxRows, style).forEach(console::line);
    console.line("");
    Text.wrap(Timeline.LEGEND, width).forEach(line -> console.line(style.dim(line)));
  }

  private static String status(FlowTrace trace) {
    String kind = trace.status().kind().wireName();
    return trace.status() instanceof ExecutionStatus.Failed failed && !failed.error().isEmpty()
        ? kind + ": " + Text.harmless(failed.error())
        : kind;
  }

  private static String counts(FlowTrace trace) {
    long actors = trace.events().stream().map(TraceEvent::actorId).distinct().count();
    long failures =
        trace.events().stream()
            .filter(event -> event.eventType().equals(TraceEventType.ACTOR_FAILED))
            .count();
    String took = TraceRows.took(trace);
    return "%s  %s%d events  %d actors%s"
        .formatted(
            trace.startTime(),
            took.isEmpty() ? "" : took + "  ",
            trace.events().size(),
            actors,
            failures == 0 ? "" : "  " + failures + " failed");
  }

  private static String where(TraceMetadata metadata) {
    List<String> parts = new ArrayList<>();
    add(parts, "environment", metadata.environment());
    add(parts, "host", metadata.hostname());
    add(parts, "user", metadata.userId());
    add(parts, "session", metadata.sessionId());
    metadata.tags().forEach((key, value) -> add(parts, key, value));
    return Text.harmless(String.join("  ", parts));
  }

  private static void add(List<String> parts, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      parts.add(name + "=" + value);
    }
  }
}

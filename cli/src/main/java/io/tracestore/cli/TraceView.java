package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Style;
import io.tracestore.cli.terminal.Text;
import io.tracestore.cli.terminal.Timeline;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One trace for people: what it is, and its timeline. */
final class TraceView {
  private static final int MIN_COLUMNS = 20;

  /** A timeline is built in memory from all that it shows. */
  private static final int DRAWN_EVENTS = 50_000;

  private TraceView() {}

  /**
   * Prints a trace.
   *
   * @param maxRows the number of lines of its timeline; without a limit all events are drawn, else
   *     the first {@value #DRAWN_EVENTS}
   */
  static void print(
      Console console, FlowTrace header, Iterator<TraceEvent> events, int columns, int maxRows) {
    Style style = console.style();
    int width = Math.max(MIN_COLUMNS, columns);
    Drawn drawn = new Drawn(events, maxRows == Integer.MAX_VALUE ? maxRows : DRAWN_EVENTS);
    console.line(style.bold(Text.fit(Text.harmless(header.flowId()), width)));
    Text.wrap("trace " + header.traceId(), width).forEach(console::line);
    console.line(style.of(header.status().kind(), Text.fit(status(header), width)));
    console.line(Text.fit(counts(header, drawn), width));
    String where = where(header.metadata());
    if (!where.isEmpty()) {
      console.line(style.dim(Text.fit(where, width)));
    }
    console.line("");
    if (drawn.count == 0) {
      console.line("no events");
      return;
    }
    Timeline.draw(header.withEvents(drawn.events), width, maxRows, style).forEach(console::line);
    if (drawn.count > drawn.events.size()) {
      Text.wrap(
              "drawn from the first %d of %d events; --all draws all"
                  .formatted(drawn.events.size(), drawn.count),
              width)
          .forEach(line -> console.line(style.dim(line)));
    }
    console.line("");
    Text.wrap(Timeline.LEGEND, width).forEach(line -> console.line(style.dim(line)));
  }

  /** The events of a trace that are drawn, without what no timeline shows, and counts of all. */
  private static final class Drawn {
    private final List<TraceEvent> events = new ArrayList<>();
    private final Set<String> actors = new HashSet<>();
    private long count;
    private long failures;

    Drawn(Iterator<TraceEvent> all, int most) {
      while (all.hasNext()) {
        TraceEvent event = all.next();
        count++;
        actors.add(event.actorId());
        if (event.data().error() != null) {
          failures++;
        }
        if (events.size() < most) {
          events.add(withoutContents(event));
        }
      }
    }

    private static TraceEvent withoutContents(TraceEvent event) {
      TraceEventData data = event.data();
      return event.toBuilder()
          .data(
              TraceEventData.builder()
                  .port(data.port())
                  .error(data.error())
                  .performanceMetrics(data.performanceMetrics())
                  .build())
          .build();
    }
  }

  private static String status(FlowTrace trace) {
    String kind = trace.status().kind().wireName();
    return trace.status() instanceof ExecutionStatus.Failed failed && !failed.error().isEmpty()
        ? kind + ": " + Text.harmless(failed.error())
        : kind;
  }

  private static String counts(FlowTrace trace, Drawn drawn) {
    String took = TraceRows.took(trace);
    return "%s  %s%d events  %d actors%s"
        .formatted(
            trace.startTime(),
            took.isEmpty() ? "" : took + "  ",
            drawn.count,
            drawn.actors.size(),
            drawn.failures == 0 ? "" : "  " + drawn.failures + " failed");
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

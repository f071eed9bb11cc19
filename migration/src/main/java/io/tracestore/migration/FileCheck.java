package io.tracestore.migration;

import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.TraceSpans;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads a file of traces as an import does, and stores nothing: its report says what the file
 * holds, where an import keeps it, and what an import leaves out. Memory stays bounded, however
 * large the file is.
 */
public final class FileCheck {
  /** A file of ever new names must not fill the memory. */
  private static final int MAX_NAMES = 200;

  private static final String MORE_NAMES = "...";

  private final TreeSet<String> formats = new TreeSet<>();
  private long traces;
  private long spans;
  private long events;
  private long attributes;
  private final Map<String, Long> kept = new TreeMap<>();
  private final Map<String, Long> passedOver = new TreeMap<>();
  private long rejected;
  private final List<Rejection> rejections = new ArrayList<>();

  private FileCheck() {}

  /**
   * The content of a file, in numbers.
   *
   * @param formats of the traces, such as {@code zipkin}; empty if there is none
   * @param traces how many can be stored
   * @param spans how many spans they have; 0 in Reflow's format
   * @param events how many events they become
   * @param attributes how many attributes stand under the names that the file gives them
   * @param kept how often a field without a place of its own is kept, by the name of its attribute
   * @param passedOver how many things were read that are no part of a trace, such as metrics
   * @param rejected things left out: traces, parts of traces, the rest of a file
   * @param firstRejections the first {@value ImportReport#SHOWN_REJECTIONS} of them
   */
  public record Report(
      List<String> formats,
      long traces,
      long spans,
      long events,
      long attributes,
      Map<String, Long> kept,
      Map<String, Long> passedOver,
      long rejected,
      List<Rejection> firstRejections) {
    public Report {
      formats = List.copyOf(formats);
      kept = new TreeMap<>(kept);
      passedOver = new TreeMap<>(passedOver);
      firstRejections = List.copyOf(firstRejections);
    }
  }

  /**
   * Checks {@code file}; its format is detected from its content.
   *
   * @param listener gets the number of bytes read so far
   */
  public static Report of(Path file, ImportListener listener) {
    try (TraceSource source = TraceFiles.open(List.of(file), null, listener)) {
      FileCheck check = new FileCheck();
      for (Optional<TraceSource.Item> item = source.next();
          item.isPresent();
          item = source.next()) {
        switch (item.get()) {
          case TraceSource.Read read -> check.add(read.trace());
          case TraceSource.Part part -> check.addEvents(part.trace());
          case TraceSource.PassedOver passed -> count(check.passedOver, passed.what());
          case TraceSource.Refused refused -> check.reject(refused.rejection());
        }
      }
      return check.report();
    }
  }

  private void add(FlowTrace trace) {
    traces++;
    addEvents(trace);
  }

  private void addEvents(FlowTrace trace) {
    Optional<Origin> origin = TraceSpans.originOf(trace);
    formats.add(origin.map(Origin::id).orElse(TraceFormat.REFLOW.displayName()));
    events += trace.events().size();
    String prefix = origin.map(Origin::prefix).orElse("");
    for (TraceEvent event : trace.events()) {
      if (origin.isPresent() && event.eventType().equals(TraceEventType.ACTOR_STARTED)) {
        spans++;
      }
      event
          .data()
          .customAttributes()
          .forEach((name, value) -> {
            boolean isTag = prefix.isEmpty() || name.startsWith(prefix + "tag.");
            if (isTag || !name.startsWith(prefix)) {
              attributes++;
            } else {
              keep(name, value);
            }
          });
    }
  }

  /** Unknown fields are named one by one: they are what a reader of the report looks for. */
  private void keep(String name, JsonValue value) {
    if (name.endsWith("other") && value instanceof JsonObject fields) {
      fields.members().keySet().forEach(field -> count(kept, "%s.%s".formatted(name, field)));
    } else {
      count(kept, name);
    }
  }

  private static void count(Map<String, Long> counts, String name) {
    boolean isFull = counts.size() >= MAX_NAMES && !counts.containsKey(name);
    counts.merge(isFull ? MORE_NAMES : name, 1L, Long::sum);
  }

  private void reject(Rejection rejection) {
    rejected++;
    if (rejections.size() < ImportReport.SHOWN_REJECTIONS) {
      rejections.add(rejection);
    }
  }

  private Report report() {
    return new Report(
        List.copyOf(formats),
        traces,
        spans,
        events,
        attributes,
        kept,
        passedOver,
        rejected,
        rejections);
  }
}

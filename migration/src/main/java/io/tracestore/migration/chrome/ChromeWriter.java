package io.tracestore.migration.chrome;

import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.spans.EventAttributes;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.SpanDraft;
import io.tracestore.migration.spans.SpanDrafts;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceEventType.DataFlow;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A writer of Chrome's trace event format, which Perfetto and speedscope open. Each trace is a
 * process, each actor a thread, each work of an actor a slice of its thread, and each data flow an
 * arrow. Works of one actor that overlap stand on several threads of its name, since slices of a
 * thread must nest.
 *
 * @see <a
 *     href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">Trace
 *     Event Format</a>
 */
public final class ChromeWriter extends JsonTraceWriter {
  /** The first field, which tells a file that was written here. */
  public static final String FIRST_FIELD = "tracestore_export";

  private static final int NANO_DIGITS = 3;

  private long processes;
  private long arrows;

  /**
   * @param out closed with this writer
   */
  public ChromeWriter(OutputStream out) {
    super(out);
    json.writeStartObject();
    json.writeStringProperty(FIRST_FIELD, "chrome");
    json.writeStringProperty("displayTimeUnit", "ns");
    json.writeName("traceEvents");
    json.writeStartArray();
  }

  @Override
  protected void writeTrace(FlowTrace trace, List<TraceEvent> events) {
    long process = ++processes;
    Lanes lanes = new Lanes(SpanDrafts.of(trace, events), trace.flowId());
    writeName("process_name", process, 0, "%s %s".formatted(trace.flowId(), trace.traceId()));
    lanes.names().forEach((lane, name) -> writeName("thread_name", process, lane, name));
    for (SpanDraft draft : lanes.drafts()) {
      int lane = lanes.of(draft);
      writeSlice(trace, draft, process, lane);
      draft.details().forEach(event -> writeInstant(event, process, lane));
    }
    for (SpanDraft draft : lanes.drafts()) {
      TraceEvent first = draft.first();
      if (first != null) {
        writeArrow(lanes, draft, first, process);
      }
      draft.details().forEach(event -> writeArrow(lanes, draft, event, process));
    }
  }

  @Override
  protected void writeEnd() {
    json.writeEndArray();
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private void begin(String phase, String name, long process, int thread) {
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringProperty("ph", phase);
    json.writeStringProperty("name", name);
    json.writeNumberProperty("pid", process);
    json.writeNumberProperty("tid", thread);
  }

  private void end(Map<String, JsonValue> arguments) {
    if (!arguments.isEmpty()) {
      json.writeName("args");
      JsonTree.write(json, arguments);
    }
    json.writeEndObject();
  }

  /** Microseconds with a fraction, exactly. */
  private void time(String name, long nanos) {
    json.writeNumberProperty(name, BigDecimal.valueOf(nanos, NANO_DIGITS));
  }

  private void writeName(String what, long process, int thread, String name) {
    begin("M", what, process, thread);
    end(Map.of("name", JsonValue.of(name)));
  }

  private void writeSlice(FlowTrace trace, SpanDraft draft, long process, int lane) {
    TraceEvent first = draft.first();
    TraceEvent last = draft.end();
    Map<String, JsonValue> arguments = first == null ? header(trace) : arguments(draft, first);
    begin("X", name(trace, first), process, lane);
    boolean isFailed =
        first == null
            ? trace.status() instanceof ExecutionStatus.Failed
            : last != null && last.eventType().equals(TraceEventType.ACTOR_FAILED);
    json.writeStringProperty("cat", first == null ? "flow" : isFailed ? "actor,failed" : "actor");
    if (isFailed) {
      json.writeStringProperty("cname", "terrible");
    }
    time("ts", draft.startNanos);
    time("dur", Math.max(0, draft.endNanos - draft.startNanos));
    end(arguments);
  }

  private static String name(FlowTrace trace, @Nullable TraceEvent first) {
    if (first == null) {
      return trace.flowId();
    }
    String port = first.data().port();
    return port == null || port.isEmpty() ? first.actorId() : port;
  }

  private static Map<String, JsonValue> header(FlowTrace trace) {
    Map<String, JsonValue> arguments = new TreeMap<>();
    arguments.put("trace_id", JsonValue.of(trace.traceId().toString()));
    arguments.put("execution_id", JsonValue.of(trace.executionId().toString()));
    arguments.put("status", JsonValue.of(trace.status().kind().wireName()));
    if (trace.status() instanceof ExecutionStatus.Failed failed) {
      arguments.put("error", JsonValue.of(failed.error()));
    }
    arguments.put("environment", JsonValue.of(trace.metadata().environment()));
    arguments.put("hostname", JsonValue.of(trace.metadata().hostname()));
    arguments.put("tags", JsonValue.from(trace.metadata().tags()));
    return arguments;
  }

  private static Map<String, JsonValue> arguments(SpanDraft draft, TraceEvent first) {
    Map<String, JsonValue> arguments = arguments(first);
    TraceEvent end = draft.end();
    if (end == null) {
      arguments.put(EventAttributes.OWN + "unfinished", JsonValue.of(true));
    } else if (!end.equals(first)) {
      EventAttributes.of(end).forEach(arguments::putIfAbsent);
    }
    return arguments;
  }

  private static Map<String, JsonValue> arguments(TraceEvent event) {
    Map<String, JsonValue> arguments = new TreeMap<>(EventAttributes.of(event));
    arguments.put(EventAttributes.OWN + "event_id", JsonValue.of(event.eventId().toString()));
    return arguments;
  }

  private void writeInstant(TraceEvent event, long process, int lane) {
    begin("i", event.eventType().typeName(), process, lane);
    json.writeStringProperty("s", "t");
    time("ts", EpochNanos.of(event.timestamp()));
    end(arguments(event));
  }

  /** An arrow from the work that sends to the work that receives, if that is in the trace. */
  private void writeArrow(Lanes lanes, SpanDraft from, TraceEvent event, long process) {
    if (!(event.eventType() instanceof DataFlow flow)) {
      return;
    }
    SpanDraft to = lanes.receiver(event, flow);
    if (to == null) {
      return;
    }
    long id = ++arrows;
    long sent = within(from, EpochNanos.of(event.timestamp()));
    writeArrowEnd("s", flow, id, process, lanes.of(from), sent);
    writeArrowEnd("f", flow, id, process, lanes.of(to), within(to, sent));
  }

  /** The nearest time at which the slice is there for the arrow to bind to. */
  private static long within(SpanDraft draft, long nanos) {
    return Math.clamp(nanos, draft.startNanos, Math.max(draft.startNanos, draft.endNanos));
  }

  private void writeArrowEnd(
      String phase, DataFlow flow, long id, long process, int lane, long nanos) {
    begin(phase, "%s:%s".formatted(flow.toActor(), flow.toPort()), process, lane);
    json.writeStringProperty("cat", "dataflow");
    json.writeNumberProperty("id", id);
    json.writeStringProperty("bp", "e");
    time("ts", nanos);
    end(Map.of());
  }
}

package io.tracestore.spi;

import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was given to a {@link TraceWriter} in one call: a trace, or one event of a trace.
 *
 * @param trace the trace; null for an event
 * @param event the event; null for a trace
 * @param weight about how many bytes it takes
 */
record WriteItem(
    TraceId traceId, @Nullable FlowTrace trace, @Nullable TraceEvent event, long weight) {
  private static final int OBJECT = 64;
  private static final int EVENT = 400;
  private static final int TRACE = 600;

  static WriteItem of(FlowTrace trace) {
    long weight = TRACE;
    for (TraceEvent event : trace.events()) {
      weight += weightOf(event);
    }
    return new WriteItem(trace.traceId(), trace, null, weight);
  }

  static WriteItem of(TraceId traceId, TraceEvent event) {
    return new WriteItem(traceId, null, event, OBJECT + weightOf(event));
  }

  /** Hands it to {@code listener}. */
  void giveTo(WriterListener listener, TraceStoreException cause) {
    if (trace != null) {
      listener.traceNotWritten(trace, cause);
    } else if (event != null) {
      listener.eventsNotWritten(traceId, List.of(event), cause);
    }
  }

  private static long weightOf(TraceEvent event) {
    TraceEventData data = event.data();
    long weight = EVENT + 16L * event.causality().dependencyChain().size();
    weight += event.actorId().length() + (data.error() == null ? 0 : data.error().length());
    if (data.message() != null) {
      weight += weightOf(data.message().serializedData());
    }
    StateDiff diff = data.stateDiff();
    if (diff != null) {
      weight += weightOf(diff.before()) + weightOf(diff.after());
    }
    for (var attribute : data.customAttributes().entrySet()) {
      weight += OBJECT + attribute.getKey().length() + weightOf(attribute.getValue());
    }
    return weight;
  }

  private static long weightOf(@Nullable Bytes bytes) {
    return bytes == null ? 0 : OBJECT + bytes.length();
  }

  private static long weightOf(JsonValue value) {
    return OBJECT
        + switch (value) {
          case JsonValue.JsonString text -> text.value().length();
          case JsonValue.JsonNumber number -> number.literal().length();
          case JsonValue.JsonArray array ->
              array.elements().stream().mapToLong(WriteItem::weightOf).sum();
          case JsonValue.JsonObject object ->
              object.members().entrySet().stream()
                  .mapToLong(member -> member.getKey().length() + weightOf(member.getValue()))
                  .sum();
          default -> 0;
        };
  }
}

package io.tracestore.migration;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;

/** Roughly how many bytes of heap traces take, so that batches can be bounded by it. */
final class TraceWeight {
  private static final int TRACE = 600;
  private static final int EVENT = 400;
  private static final int VALUE = 64;

  private TraceWeight() {}

  static long of(FlowTrace trace) {
    long weight = (long) TRACE + trace.flowId().length();
    for (TraceEvent event : trace.events()) {
      weight += EVENT + event.actorId().length() + of(event.data());
      weight += 8L * event.causality().dependencyChain().size();
    }
    return weight;
  }

  private static long of(TraceEventData data) {
    long weight = 0;
    MessageSnapshot message = data.message();
    if (message != null) {
      weight += VALUE + message.serializedData().length();
    }
    StateDiff diff = data.stateDiff();
    if (diff != null) {
      weight += VALUE + diff.after().length();
      weight += diff.before() == null ? 0 : diff.before().length();
    }
    weight += data.error() == null ? 0 : 2L * data.error().length();
    for (var attribute : data.customAttributes().entrySet()) {
      weight += VALUE + 2L * attribute.getKey().length() + of(attribute.getValue());
    }
    return weight;
  }

  private static long of(JsonValue value) {
    return switch (value) {
      case JsonValue.JsonString text -> VALUE + 2L * text.value().length();
      case JsonValue.JsonNumber number -> VALUE + number.literal().length();
      case JsonValue.JsonArray array ->
          VALUE + array.elements().stream().mapToLong(TraceWeight::of).sum();
      case JsonValue.JsonObject object ->
          VALUE
              + object.members().entrySet().stream()
                  .mapToLong(m -> VALUE + 2L * m.getKey().length() + of(m.getValue()))
                  .sum();
      default -> 0;
    };
  }
}

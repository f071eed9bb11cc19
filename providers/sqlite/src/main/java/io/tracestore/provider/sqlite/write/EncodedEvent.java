package io.tracestore.provider.sqlite.write;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.Uuids;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event as a row of {@code events}, but for the keys that only the writer knows. */
@SuppressWarnings("ArrayRecordComponent") // only made to be bound
public record EncodedEvent(
    byte[] eventId,
    long timestamp,
    String actor,
    String type,
    @Nullable Long messageBytes,
    boolean failed,
    @Nullable String toActor,
    byte @Nullable [] sentBy,
    PerformanceMetrics metrics,
    byte[] body) {
  /** About what a row takes beside its body. */
  private static final int ROW_BYTES = 100;

  static EncodedEvent of(TraceEvent event, BodyEncoder bodies) {
    MessageSnapshot message = event.data().message();
    return new EncodedEvent(
        Uuids.toBytes(event.eventId().value()),
        EpochNanos.of(event.timestamp()),
        event.actorId(),
        event.eventType().typeName(),
        message == null ? null : message.sizeBytes(),
        event.data().error() != null,
        event.eventType() instanceof TraceEventType.DataFlow flow ? flow.toActor() : null,
        sentBy(event),
        event.data().performanceMetrics(),
        bodies.encode(event));
  }

  private static byte @Nullable [] sentBy(TraceEvent event) {
    EventId parent = event.causality().parentEventId();
    return parent != null && event.eventType().equals(TraceEventType.MESSAGE_RECEIVED)
        ? Uuids.toBytes(parent.value())
        : null;
  }

  static List<EncodedEvent> all(Collection<TraceEvent> events, BodyEncoder bodies) {
    List<EncodedEvent> encoded = new ArrayList<>(events.size());
    for (TraceEvent event : events) {
      encoded.add(of(event, bodies));
    }
    return encoded;
  }

  public static long weight(List<EncodedEvent> events) {
    long weight = 0;
    for (EncodedEvent event : events) {
      weight += ROW_BYTES + event.body.length + 2L * event.actor.length();
    }
    return weight;
  }
}

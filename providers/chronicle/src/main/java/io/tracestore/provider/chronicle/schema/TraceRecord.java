package io.tracestore.provider.chronicle.schema;

import io.tracestore.codec.BinaryInput;
import io.tracestore.codec.BinaryOutput;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.Uuids;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.IndexTerms;
import io.tracestore.provider.support.index.TraceIndex;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One write to a trace, encoded: a header, events, or both, and the actors and types of the events,
 * so that a filter does not decode them.
 *
 * @param body header, events, actors and types
 * @param eventTerms the actors and types of the events
 */
@SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
public record TraceRecord(RecordHead head, byte[] body, IndexTerms eventTerms) {
  private static final UUID NO_ID = new UUID(0, 0);
  private static final byte[] NOTHING = {};
  private static final int ACTOR = 0;
  private static final int TYPE = 1;

  /** Room for the names of a usual trace. */
  private static final int NAMES_SIZE = 256;

  /** Reads what {@link #toBytes} gave. */
  public static TraceRecord read(int number, byte[] bytes) {
    RecordHead head = RecordHead.read(number, bytes);
    byte[] body = Arrays.copyOfRange(bytes, RecordHead.BYTES, bytes.length);
    IndexTerms eventTerms =
        to -> {
          BinaryInput in = new BinaryInput(body, head.headerSize() + head.eventsSize());
          while (in.hasMore()) {
            to.accept(in.u8() == ACTOR ? Field.ACTOR : Field.EVENT_TYPE, in.text());
          }
        };
    return new TraceRecord(head, body, eventTerms);
  }

  /**
   * Encodes the first record of a trace.
   *
   * @param header a trace whose header is stored; null to store none
   * @param events in order, no two with one id
   */
  public static TraceRecord of(@Nullable FlowTrace header, List<TraceEvent> events) {
    byte[] headerBytes = header == null ? NOTHING : TraceBinary.encodeHeader(header);
    byte[] eventBytes = events.isEmpty() ? NOTHING : TraceBinary.encodeEvents(events);
    UUID least = NO_ID;
    UUID greatest = NO_ID;
    for (TraceEvent event : events) {
      UUID id = event.eventId().value();
      least = least.equals(NO_ID) || Uuids.compare(id, least) < 0 ? id : least;
      greatest = greatest.equals(NO_ID) || Uuids.compare(id, greatest) > 0 ? id : greatest;
    }
    BinaryOutput out = new BinaryOutput(headerBytes.length + eventBytes.length + NAMES_SIZE);
    out.raw(headerBytes);
    out.raw(eventBytes);
    IndexTerms eventTerms = IndexTerms.ofEvents(events);
    eventTerms.forEach((field, value) -> {
      out.u8(field == Field.ACTOR ? ACTOR : TYPE);
      out.text((String) value);
    });
    RecordHead head =
        new RecordHead(
            0,
            0,
            0,
            RecordHead.BYTES + out.position(),
            headerBytes.length,
            eventBytes.length,
            header == null ? 0 : EpochNanos.of(header.startTime()),
            least,
            greatest);
    return new TraceRecord(head, out.toBytes(), eventTerms);
  }

  /** Makes it a later record of a trace; see {@link RecordHead} for the parameters. */
  public TraceRecord at(int number, int from, int level) {
    return new TraceRecord(head.at(number, from, level), body, eventTerms);
  }

  /** The indexed attributes of the events, for which these are decoded. */
  public IndexTerms attributes(TraceIndex<?> index) {
    return index.hasAttributes() ? index.attributesOf(events()) : IndexTerms.NONE;
  }

  public byte[] toBytes() {
    BinaryOutput out = new BinaryOutput(RecordHead.BYTES + body.length);
    head.write(out);
    out.raw(body);
    return out.toBytes();
  }

  /** The header without events; null if there is none. */
  public @Nullable FlowTrace header() {
    return head.hasHeader() ? TraceBinary.decodeHeader(body, 0, head.headerSize()) : null;
  }

  /** The events in order; unmodifiable. */
  public List<TraceEvent> events() {
    int size = head.eventsSize();
    return size == 0 ? List.of() : TraceBinary.decodeEvents(body, head.headerSize(), size);
  }
}

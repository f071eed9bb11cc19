package io.tracestore.provider.chronicle;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.support.Terms;
import io.tracestore.spi.CorruptDataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A trace as its entry holds it: the header, if there is one, how many events have each actor and
 * type, and blocks of events, which are in the entry while they are small.
 *
 * @param header the binary header; null while only events are there
 * @param eventTerms terms of the events, each with the number of events that have it
 * @param blocks all events; no two have one id
 * @param nextBlock a number that no block in an entry of its own has
 */
@SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
record StoredTrace(
    byte @Nullable [] header, Map<String, Integer> eventTerms, List<Block> blocks, int nextBlock) {
  private static final int VERSION = 1;
  private static final int IN_ENTRY = -1;

  /**
   * Some events.
   *
   * @param number the number of its entry; negative if it is in the trace's own
   * @param count how many events there are
   * @param least the least of their ids
   * @param greatest the greatest of their ids
   * @param events the encoded events; null if they are in an entry of their own
   */
  @SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
  record Block(int number, int count, EventId least, EventId greatest, byte @Nullable [] events) {
    /** Encodes {@code events}, of which there is one at least. */
    static Block of(List<TraceEvent> events) {
      EventId least = events.getFirst().eventId();
      EventId greatest = least;
      for (TraceEvent event : events) {
        EventId id = event.eventId();
        least = id.compareTo(least) < 0 ? id : least;
        greatest = id.compareTo(greatest) > 0 ? id : greatest;
      }
      return new Block(IN_ENTRY, events.size(), least, greatest, TraceBinary.encodeEvents(events));
    }

    static List<TraceEvent> decode(byte[] events) {
      return TraceBinary.decodeEvents(events);
    }

    /** The encoded events, wherever they are. */
    byte[] load(Member member, Source source) {
      if (events != null) {
        return events;
      }
      byte[] stored = source.get(Key.block(member, number));
      if (stored == null) {
        throw new CorruptDataException(
            "damaged trace %s: a block of its events is missing".formatted(member.traceId()), null);
      }
      return stored;
    }

    boolean isInEntry() {
      return events != null;
    }

    int bytesInEntry() {
      return events == null ? 0 : events.length;
    }

    Block movedTo(int newNumber) {
      return new Block(newNumber, count, least, greatest, null);
    }

    boolean mayHaveOneOf(Block other) {
      return least.compareTo(other.greatest) <= 0 && other.least.compareTo(greatest) <= 0;
    }

    private void write(Output out) {
      out.i32(number).i32(count);
      write(out, least);
      write(out, greatest);
      if (events != null) {
        out.bytes(events);
      }
    }

    private static void write(Output out, EventId id) {
      out.i64(id.value().getMostSignificantBits()).i64(id.value().getLeastSignificantBits());
    }

    private static Block read(Input in) {
      int number = in.i32();
      return new Block(
          number, in.i32(), readId(in), readId(in), number == IN_ENTRY ? in.bytes() : null);
    }

    private static EventId readId(Input in) {
      return new EventId(new UUID(in.i64(), in.i64()));
    }
  }

  byte[] toBytes() {
    int size = 64 + (header == null ? 0 : header.length) + 64 * eventTerms.size();
    for (Block block : blocks) {
      size += 64 + block.bytesInEntry();
    }
    Output out = new Output(size).u8(VERSION).u8(header == null ? 0 : 1);
    if (header != null) {
      out.bytes(header);
    }
    out.i32(eventTerms.size());
    eventTerms.forEach((term, count) -> out.text(term).i32(count));
    out.i32(nextBlock).i32(blocks.size());
    blocks.forEach(block -> block.write(out));
    return out.toBytes();
  }

  static StoredTrace read(byte[] bytes) {
    return Input.read("a trace", bytes, StoredTrace::read);
  }

  private static StoredTrace read(Input in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new CorruptDataException("a trace has version %d".formatted(version), null);
    }
    byte[] header = in.u8() == 0 ? null : in.bytes();
    int terms = in.i32();
    Map<String, Integer> eventTerms = LinkedHashMap.newLinkedHashMap(Math.clamp(terms, 0, 1024));
    for (int i = 0; i < terms; i++) {
      eventTerms.put(in.text(), in.i32());
    }
    int nextBlock = in.i32();
    int count = in.i32();
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(Block.read(in));
    }
    return new StoredTrace(header, eventTerms, blocks, nextBlock);
  }

  /** The header without events; null if there is none. */
  @Nullable FlowTrace decodedHeader() {
    return header == null ? null : TraceBinary.decodeHeader(header);
  }

  /**
   * What it is found by.
   *
   * @param decoded the header; null if there is none
   */
  Set<String> terms(@Nullable FlowTrace decoded) {
    if (decoded == null) {
      return Set.of(Terms.EARLY);
    }
    Set<String> terms = Terms.ofHeader(decoded);
    terms.addAll(eventTerms.keySet());
    return terms;
  }

  /**
   * What the index has to learn of it.
   *
   * @param timeless its place but for the time
   */
  IndexChange asNew(Member timeless) {
    FlowTrace decoded = decodedHeader();
    return IndexChange.ofNew(decoded == null ? timeless : Member.of(decoded), terms(decoded));
  }
}

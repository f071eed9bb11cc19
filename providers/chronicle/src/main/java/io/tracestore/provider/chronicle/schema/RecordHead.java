package io.tracestore.provider.chronicle.schema;

import io.tracestore.codec.BinaryInput;
import io.tracestore.codec.BinaryOutput;
import io.tracestore.model.Uuids;
import io.tracestore.spi.CorruptDataException;
import java.util.UUID;

/**
 * The beginning of a {@link TraceRecord}, which the heap keeps too.
 *
 * @param number grows with each write to the trace
 * @param from the number of the first record that this one stands for; 0 for the first of a trace
 * @param level how often its events were put together with others
 * @param size how many bytes the record has in the map
 * @param headerSize how many bytes the header has, which takes the place of older ones; or 0
 * @param eventsSize how many bytes the events have; or 0. No event is in two records
 * @param start the start of the trace in nanoseconds since the epoch; 0 without a header
 * @param least the least event id; any if there are no events
 * @param greatest the greatest event id
 */
public record RecordHead(
    int number,
    int from,
    int level,
    int size,
    int headerSize,
    int eventsSize,
    long start,
    UUID least,
    UUID greatest) {
  /** How many bytes a head has. */
  public static final int BYTES = 1 + 5 * Integer.BYTES + 5 * Long.BYTES;

  private static final int VERSION = 2;

  public void write(BinaryOutput out) {
    out.u8(VERSION);
    out.i32(from);
    out.i32(level);
    out.i32(size);
    out.i32(headerSize);
    out.i32(eventsSize);
    out.i64(start);
    out.uuid(least);
    out.uuid(greatest);
  }

  public static RecordHead read(int number, byte[] bytes) {
    BinaryInput in = new BinaryInput(bytes, 0);
    if (in.u8() != VERSION) {
      throw new CorruptDataException("damaged data: not a record of a trace", null);
    }
    return new RecordHead(
        number, in.i32(), in.i32(), in.i32(), in.i32(), in.i32(), in.i64(), in.uuid(), in.uuid());
  }

  /** The head of the same data as another record. */
  public RecordHead at(int number, int from, int level) {
    return new RecordHead(
        number, from, level, size, headerSize, eventsSize, start, least, greatest);
  }

  public boolean hasHeader() {
    return headerSize > 0;
  }

  /** Whether an event of {@code other} may be in this record too. */
  public boolean mayShareEvents(RecordHead other) {
    return eventsSize > 0
        && other.eventsSize > 0
        && Uuids.compare(least, other.greatest) <= 0
        && Uuids.compare(other.least, greatest) <= 0;
  }
}

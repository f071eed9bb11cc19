package io.tracestore.provider.chronicle;

import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.MapEntry;
import org.jspecify.annotations.Nullable;

/**
 * The records of traces in a Chronicle Map. A record is an entry, or several if it is large; the
 * key is the trace's id, the record's number and the part's number. No entry of a record is ever
 * overwritten: the library writes in place, and a process that is killed during the write would
 * lose the old content.
 *
 * <p>The first part is written last and removed first: without it there is no record. Writes are
 * for one thread at a time, reads for many.
 */
final class TraceMap implements AutoCloseable {
  /** Values are cut into parts of this size, so that they fit into fragmented segments. */
  static final int PART_BYTES = 48 << 10;

  private static final int KEY_BYTES = 24;
  private static final byte[] DESCRIPTION = {'M'};
  private static final byte[] PROBE = {'H'};

  private final ChronicleMap<byte[], byte[]> map;
  private final Sizing sizing;
  private final LongAdder chunks = new LongAdder();

  /** Takes the entries of records. */
  interface Visitor {
    /**
     * Takes one part of a record.
     *
     * @param value the bytes of the first part; null for the others
     * @param size how many bytes the part has
     */
    void part(TraceId id, int record, int part, byte @Nullable [] value, int size);
  }

  TraceMap(ChronicleMap<byte[], byte[]> map, Sizing sizing) {
    this.map = map;
    this.sizing = sizing;
  }

  Sizing sizing() {
    return sizing;
  }

  /** How many chunks the records take. */
  long chunks() {
    return chunks.sum();
  }

  private static byte[] key(TraceId id, int record, int part) {
    UUID uuid = id.value();
    return ByteBuffer.allocate(KEY_BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .putInt(record)
        .putInt(part)
        .array();
  }

  private static int parts(int bytes) {
    return 1 + Math.max(0, bytes - 1) / PART_BYTES;
  }

  private static long chunksOf(int bytes) {
    int full = parts(bytes) - 1;
    return full * Sizing.chunksOf(KEY_BYTES, PART_BYTES)
        + Sizing.chunksOf(KEY_BYTES, bytes - full * PART_BYTES);
  }

  /**
   * Writes a record that is not there.
   *
   * @throws StoreCapacityException if there is no room; nothing of it is there then
   */
  void put(TraceId id, int record, byte[] value) {
    long needed = chunksOf(value.length);
    if (chunks.sum() + needed > sizing.chunkLimit()) {
      throw new StoreCapacityException(
          "full: %d of %d MiB are in use; purge, or open it with a larger maxTraces or averageTraceBytes"
              .formatted(
                  (chunks.sum() * Sizing.CHUNK) >> 20, (sizing.chunkLimit() * Sizing.CHUNK) >> 20),
          null);
    }
    int part = parts(value.length) - 1;
    try {
      for (; part > 0; part--) {
        int from = part * PART_BYTES;
        int to = Math.min(value.length, from + PART_BYTES);
        map.put(key(id, record, part), Arrays.copyOfRange(value, from, to));
      }
      map.put(
          key(id, record, 0),
          value.length <= PART_BYTES ? value : Arrays.copyOf(value, PART_BYTES));
    } catch (IllegalStateException | IllegalArgumentException e) {
      // "Attempt to allocate #1 extra segment tier", "Entry is too large"
      for (int written = part + 1; written < parts(value.length); written++) {
        map.remove(key(id, record, written));
      }
      throw new StoreCapacityException("full: a segment of the map has no room", e);
    }
    chunks.add(needed);
  }

  /** Writes a record of one part that no limit but the map's own holds back. */
  void putTombstone(TraceId id, int record, byte[] value) {
    try {
      map.put(key(id, record, 0), value);
    } catch (IllegalStateException e) {
      throw new StoreCapacityException("full: a segment of the map has no room", e);
    }
  }

  /**
   * Reads a record.
   *
   * @param bytes how many bytes it has
   * @return null if it is not there
   */
  byte @Nullable [] get(TraceId id, int record, int bytes) {
    byte[] first = map.get(key(id, record, 0));
    if (first == null || bytes <= PART_BYTES) {
      return first;
    }
    byte[] value = Arrays.copyOf(first, bytes);
    for (int part = 1; part < parts(bytes); part++) {
      byte[] next = map.get(key(id, record, part));
      if (next == null) {
        return null;
      }
      System.arraycopy(next, 0, value, part * PART_BYTES, next.length);
    }
    return value;
  }

  /** Removes a record of {@code bytes} bytes. */
  void remove(TraceId id, int record, int bytes) {
    for (int part = 0; part < parts(bytes); part++) {
      map.remove(key(id, record, part));
    }
    chunks.add(-chunksOf(bytes));
  }

  /** Removes a part that belongs to no record. */
  void removePart(TraceId id, int record, int part) {
    map.remove(key(id, record, part));
  }

  /** Counts a record that was there when the map was opened. */
  void found(int bytes) {
    chunks.add(chunksOf(bytes));
  }

  /** Shows all entries of records, in no order. */
  void forEach(Visitor visitor) {
    map.forEachEntry(entry -> visit(entry, visitor));
  }

  private static void visit(MapEntry<byte[], byte[]> entry, Visitor visitor) {
    if (entry.key().size() != KEY_BYTES) {
      return;
    }
    ByteBuffer key = ByteBuffer.wrap(entry.key().get());
    TraceId id = new TraceId(new UUID(key.getLong(), key.getLong()));
    int record = key.getInt();
    int part = key.getInt();
    byte[] value = part == 0 ? entry.value().get() : null;
    visitor.part(id, record, part, value, (int) entry.value().size());
  }

  byte @Nullable [] description() {
    return map.get(DESCRIPTION);
  }

  void describe(Description description) {
    map.put(DESCRIPTION, description.toBytes());
  }

  /** Writes something and reads it. */
  void probe() {
    byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array();
    map.put(PROBE, value);
    if (!Arrays.equals(map.get(PROBE), value)) {
      throw new CorruptDataException("what was written to the map is not there", null);
    }
  }

  /** Copies all entries into {@code target}. */
  void copyTo(TraceMap target) {
    map.forEach((key, value) -> target.map.put(key, value));
  }

  @Override
  public void close() {
    map.close();
  }
}

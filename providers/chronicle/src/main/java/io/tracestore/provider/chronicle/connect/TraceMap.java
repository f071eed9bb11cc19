package io.tracestore.provider.chronicle.connect;

import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.schema.RecordHead;
import io.tracestore.provider.chronicle.schema.TraceRecord;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import net.openhft.chronicle.map.ChronicleMap;
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
public final class TraceMap implements AutoCloseable {
  /** Values are cut into parts of this size, so that they fit into fragmented segments. */
  private static final int PART_BYTES = 48 << 10;

  private static final int KEY_BYTES = 24;
  private static final byte[] DESCRIPTION = {'M'};
  private static final byte[] PROBE = {'H'};

  private final ChronicleMap<byte[], byte[]> map;
  private final Description description;
  private final LongAdder chunks = new LongAdder();

  /** The key of an entry: a part of a record of a trace. */
  public record Part(TraceId id, int record, int part) {
    private static Part of(byte[] key) {
      ByteBuffer in = ByteBuffer.wrap(key);
      return new Part(new TraceId(new UUID(in.getLong(), in.getLong())), in.getInt(), in.getInt());
    }

    private byte[] key() {
      UUID uuid = id.value();
      return ByteBuffer.allocate(KEY_BYTES)
          .putLong(uuid.getMostSignificantBits())
          .putLong(uuid.getLeastSignificantBits())
          .putInt(record)
          .putInt(part)
          .array();
    }
  }

  private TraceMap(ChronicleMap<byte[], byte[]> map, Description description) {
    this.map = map;
    this.description = description;
  }

  /** Makes {@code map} one of traces, or changes its description. */
  static TraceMap describe(ChronicleMap<byte[], byte[]> map, Description description) {
    map.put(DESCRIPTION, description.toBytes());
    return new TraceMap(map, description);
  }

  /**
   * Takes a map that is there already; closes it if it fails.
   *
   * @param name the store, for errors
   * @throws StoreConfigurationException if it is another program's
   */
  static TraceMap of(String name, ChronicleMap<byte[], byte[]> map) {
    try {
      byte[] description = map.get(DESCRIPTION);
      if (description == null) {
        throw new StoreConfigurationException(
            "%s: the file is a map, but not one of traces".formatted(name), null);
      }
      return new TraceMap(map, Description.read(description));
    } catch (Throwable e) {
      map.close();
      throw e;
    }
  }

  Description description() {
    return description;
  }

  public Sizing sizing() {
    return description.sizing();
  }

  /** How many chunks the records take. */
  public long chunks() {
    return chunks.sum();
  }

  private static byte[] key(TraceId id, int record, int part) {
    return new Part(id, record, part).key();
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
  public void put(TraceId id, TraceRecord added) {
    int record = added.head().number();
    byte[] value = added.toBytes();
    long needed = chunksOf(value.length);
    if (chunks.sum() + needed > sizing().chunkLimit()) {
      throw new StoreCapacityException(
          "full: %d of %d MiB are in use; purge, or open it with a larger maxTraces or averageTraceBytes"
              .formatted(
                  (chunks.sum() * Sizing.CHUNK) >> 20,
                  (sizing().chunkLimit() * Sizing.CHUNK) >> 20),
          null);
    }
    int part = parts(value.length) - 1;
    try {
      for (; part >= 0; part--) {
        int to = Math.min(value.length, (part + 1) * PART_BYTES);
        map.put(key(id, record, part), Arrays.copyOfRange(value, part * PART_BYTES, to));
      }
    } catch (IllegalStateException | IllegalArgumentException e) {
      // "Attempt to allocate #1 extra segment tier", "Entry is too large"
      for (int written = part + 1; written < parts(value.length); written++) {
        map.remove(key(id, record, written));
      }
      throw new StoreCapacityException("full: a segment of the map has no room", e);
    }
    chunks.add(needed);
  }

  /** Reads a record; null if it is not there. */
  public byte @Nullable [] get(TraceId id, RecordHead record) {
    byte[] value = map.get(key(id, record.number(), 0));
    for (int part = 1; value != null && part < parts(record.size()); part++) {
      byte[] next = map.get(key(id, record.number(), part));
      if (next == null) {
        return null;
      }
      value = part == 1 ? Arrays.copyOf(value, record.size()) : value;
      System.arraycopy(next, 0, value, part * PART_BYTES, next.length);
    }
    return value;
  }

  /** Removes a record. */
  public void remove(TraceId id, RecordHead record) {
    for (int part = 0; part < parts(record.size()); part++) {
      map.remove(key(id, record.number(), part));
    }
    chunks.add(-chunksOf(record.size()));
  }

  /** Removes a part that belongs to no record. */
  public void remove(Part part) {
    map.remove(part.key());
  }

  /** Counts a record that was there when the map was opened. */
  public void found(RecordHead record) {
    chunks.add(chunksOf(record.size()));
  }

  /** Shows all entries of records, in no order, and the bytes of first parts. */
  public void forEach(BiConsumer<Part, byte @Nullable []> visitor) {
    map.forEachEntry(entry -> {
      if (entry.key().size() == KEY_BYTES) {
        Part part = Part.of(entry.key().get());
        visitor.accept(part, part.part == 0 ? entry.value().get() : null);
      }
    });
  }

  /** Writes something and reads it. */
  public void probe() {
    byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array();
    map.put(PROBE, value);
    if (!Arrays.equals(map.get(PROBE), value)) {
      throw new CorruptDataException("what was written to the map is not there", null);
    }
  }

  /** Copies all entries into {@code target} but the description. */
  void copyTo(TraceMap target) {
    map.forEach((key, value) -> {
      if (key.length == KEY_BYTES) {
        target.map.put(key, value);
      }
    });
  }

  @Override
  public void close() {
    map.close();
  }
}

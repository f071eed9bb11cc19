package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import net.openhft.chronicle.hash.impl.BigSegmentHeader;
import net.openhft.chronicle.hash.impl.CompactOffHeapLinearHashTable;
import net.openhft.chronicle.map.ChronicleHashCorruptionImpl;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.VanillaChronicleMap;
import net.openhft.chronicle.map.impl.IterationContext;
import org.jspecify.annotations.Nullable;

/**
 * The map itself. It is made without extra tiers, so that its memory is mapped once and never
 * grows: nothing but {@link #open} touches the file system.
 */
final class Table implements AutoCloseable {
  /** What an entry may take at most; larger values are cut into parts. */
  static final int MOST_BYTES = 48 << 10;

  private final ChronicleMap<byte[], byte[]> map;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Table(ChronicleMap<byte[], byte[]> map) {
    this.map = map;
  }

  /** Opens the map in a file; makes it, of that size, if the file is not there. */
  static Table open(Path file, Sizing sizing) throws IOException {
    return new Table(builder(sizing).createPersistedTo(file.toFile()));
  }

  static Table inMemory(Sizing sizing) {
    return new Table(builder(sizing).create());
  }

  private static ChronicleMapBuilder<byte[], byte[]> builder(Sizing sizing) {
    return ChronicleMapBuilder.of(byte[].class, byte[].class)
        .averageKeySize(32)
        .averageValueSize(sizing.averageTraceBytes())
        .actualSegments(sizing.segments())
        .actualChunkSize(Sizing.CHUNK)
        .actualChunksPerSegmentTier(sizing.chunksPerSegment())
        .entriesPerSegment(sizing.entriesPerSegment())
        .allowSegmentTiering(false)
        .putReturnsNull(true)
        .removeReturnsNull(true)
        // Without them a repair could not tell an entry that was cut off.
        .checksumEntries(true)
        .skipCloseOnExitHook(true);
  }

  byte @Nullable [] get(Key key) {
    return map.get(key.bytes());
  }

  /**
   * Sets a value.
   *
   * @throws StoreCapacityException if there is no room; what was there may be gone
   */
  void put(Key key, byte[] value) {
    try {
      map.put(key.bytes(), value);
    } catch (IllegalStateException | IllegalArgumentException e) {
      // "Attempt to allocate #1 extra segment tier", "Entry is too large"
      throw new StoreCapacityException("a segment of the map is full", e);
    }
  }

  void remove(Key key) {
    map.remove(key.bytes());
  }

  /** Puts all entries into {@code target}. */
  void copyTo(Table target) {
    map.forEach((key, value) -> target.put(Key.of(key), value));
  }

  /** Frees the locks that ended processes held. Only while nobody else uses the map. */
  void resetLocks() {
    VanillaChronicleMap<byte[], byte[], ?> vanilla = vanilla();
    for (int i = 0; i < vanilla.segments(); i++) {
      BigSegmentHeader.INSTANCE.resetLock(vanilla.segmentHeaderAddress(i));
    }
  }

  /**
   * Makes the map whole again after a process ended while it wrote: drops entries that were cut
   * off, frees space and locks. Only while nobody else uses the map.
   *
   * <p>What {@code recoverPersistedTo} does, but that insists on being the only process with the
   * file open, and maps it anew. If this ends in the middle, entries may be lost: {@link SlotCopy}.
   */
  void repair() {
    try (IterationContext<byte[], byte[], ?> context = vanilla().iterationContext()) {
      context.recoverSegments(corruption -> {}, new ChronicleHashCorruptionImpl());
    } catch (RuntimeException e) {
      throw new TraceStoreException("the map cannot be repaired: " + e.getMessage(), e);
    }
  }

  /** Takes a slot of a hash table. */
  @FunctionalInterface
  interface Slots {
    /**
     * Takes a slot.
     *
     * @param place where it is in the table
     * @param slot what it holds
     */
    void slot(long place, long slot);
  }

  int segments() {
    return vanilla().segments();
  }

  /** Shows {@code visitor} the slots of a segment's hash table that are in use. */
  void readSlots(int segment, Slots visitor) {
    CompactOffHeapLinearHashTable slots = vanilla().hashLookup;
    long address = vanilla().segmentBaseAddr(segment);
    long place = 0;
    do {
      long slot = slots.readEntry(address, place);
      if (!slots.empty(slot)) {
        visitor.slot(place, slot);
      }
      place = slots.step(place);
    } while (place != 0);
  }

  void clearSlots(int segment) {
    CompactOffHeapLinearHashTable slots = vanilla().hashLookup;
    long address = vanilla().segmentBaseAddr(segment);
    long place = 0;
    do {
      slots.clearEntry(address, place);
      place = slots.step(place);
    } while (place != 0);
  }

  void writeSlot(int segment, long place, long slot) {
    vanilla().hashLookup.writeEntry(vanilla().segmentBaseAddr(segment), place, slot);
  }

  private VanillaChronicleMap<byte[], byte[], ?> vanilla() {
    return (VanillaChronicleMap<byte[], byte[], ?>) map;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      map.close();
    }
  }
}

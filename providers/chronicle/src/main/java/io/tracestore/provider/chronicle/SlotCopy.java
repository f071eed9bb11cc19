package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreUnavailableException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the slots of the map's hash tables, in a file of its own, while the map is repaired:
 * the library's repair takes each slot out and puts it back, and a process that ends between the
 * two would lose an entry. Whoever repairs next puts the slots back first, and begins anew. Used by
 * one thread at a time, inside the gate.
 */
final class SlotCopy {
  /** Written when all else is; what has something else there was cut off. */
  private static final long WHOLE = 0x736c6f74636f7079L;

  private static final int HEAD = Long.BYTES + Long.BYTES + Integer.BYTES;

  /** Null if nothing survives the process. */
  private final @Nullable Path file;

  SlotCopy(@Nullable Path file) {
    this.file = file;
  }

  /**
   * Prepares a repair of {@code table}: puts the slots back if an earlier repair was cut off, else
   * copies them.
   */
  void begin(Table table) {
    if (file == null) {
      return;
    }
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      if (isWhole(access)) {
        restore(access, table);
      } else {
        save(access, table);
      }
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "the map has to be repaired, and %s cannot be used for that: %s"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static void save(RandomAccessFile access, Table table) throws IOException {
    access.setLength(0);
    access.write(new byte[HEAD]);
    CRC32C crc = new CRC32C();
    for (int segment = 0; segment < table.segments(); segment++) {
      Output slots = new Output(64 << 10);
      table.readSlots(segment, (place, slot) -> slots.i64(place).i64(slot));
      byte[] bytes = new Output(slots.length() + Integer.BYTES).bytes(slots.toBytes()).toBytes();
      crc.update(bytes);
      access.write(bytes);
    }
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    head.putLong(WHOLE).putLong(access.getFilePointer() - HEAD).putInt((int) crc.getValue());
    access.seek(0);
    access.write(head.array());
  }

  private static boolean isWhole(RandomAccessFile access) throws IOException {
    if (access.length() < HEAD) {
      return false;
    }
    byte[] bytes = new byte[HEAD];
    access.readFully(bytes);
    ByteBuffer head = ByteBuffer.wrap(bytes);
    if (head.getLong() != WHOLE || head.getLong() != access.length() - HEAD) {
      return false;
    }
    CRC32C crc = new CRC32C();
    byte[] part = new byte[64 << 10];
    for (int read = access.read(part); read > 0; read = access.read(part)) {
      crc.update(part, 0, read);
    }
    return head.getInt() == (int) crc.getValue();
  }

  private static void restore(RandomAccessFile access, Table table) throws IOException {
    access.seek(HEAD);
    for (int segment = 0; segment < table.segments(); segment++) {
      byte[] bytes = new byte[access.readInt()];
      access.readFully(bytes);
      ByteBuffer slots = ByteBuffer.wrap(bytes);
      table.clearSlots(segment);
      while (slots.hasRemaining()) {
        table.writeSlot(segment, slots.getLong(), slots.getLong());
      }
    }
  }

  /** Ends the repair: the next one is another. */
  void end() {
    if (file == null) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "%s cannot be deleted: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Whether there is something of a repair. */
  boolean isThere() {
    return file != null && Files.exists(file);
  }
}

package io.tracestore.provider.chronicle;

import io.tracestore.spi.CorruptDataException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Entries by key. A value too large for one entry is read from its parts. */
@FunctionalInterface
interface Source {
  /** The first byte of an entry that says how many parts the value has; no value begins with it. */
  byte CUT = (byte) 0xFF;

  int CUT_SIZE = 1 + 2 * Integer.BYTES;

  byte @Nullable [] entry(Key key);

  default byte @Nullable [] get(Key key) {
    byte[] entry = entry(key);
    return entry == null || entry[0] != CUT ? entry : joined(key, entry);
  }

  private byte[] joined(Key key, byte[] entry) {
    ByteBuffer cut = ByteBuffer.wrap(entry, 1, CUT_SIZE - 1);
    int parts = cut.getInt();
    ByteBuffer value = ByteBuffer.allocate(cut.getInt());
    for (int i = 0; i < parts; i++) {
      byte[] part = entry(Key.part(key, i));
      if (part == null || part.length > value.remaining()) {
        throw new CorruptDataException("damaged data: a part of a large value is missing", null);
      }
      value.put(part);
    }
    return value.array();
  }
}

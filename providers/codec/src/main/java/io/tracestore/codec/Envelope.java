package io.tracestore.codec;

import io.tracestore.spi.CorruptDataException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The frame of every binary value: one byte version, one byte kind and flag, the content, and four
 * bytes CRC-32C of all that.
 */
final class Envelope {
  /** The kind of content of a binary value; the numbers are part of the format. */
  enum Kind {
    TRACE(1, "a trace", true, Zstandard.SMALL),
    HEADER(2, "a trace's header", false, Zstandard.FAST),
    EVENT(3, "an event", false, Zstandard.FAST),
    BODY(4, "an event's body", false, Zstandard.FAST),
    EVENTS(5, "a block of events", true, Zstandard.SMALL);

    private final int code;
    private final String what;
    private final boolean sharesNames;
    private final int level;

    Kind(int code, String what, boolean sharesNames, int level) {
      this.code = code;
      this.what = what;
      this.sharesNames = sharesNames;
      this.level = level;
    }
  }

  static final int VERSION = 2;

  private static final int COMPRESSED = 0x80;
  private static final int HEAD = 2;
  private static final int CHECKSUM = Integer.BYTES;

  /** The head and a length of at most 64 MiB, seven bits to a byte. */
  static final int LENGTH_BYTES = HEAD + 4;

  private Envelope() {}

  /** An output that already holds the head. */
  static BinaryOutput open(Kind kind, int capacity) {
    BinaryOutput out = new BinaryOutput(HEAD + capacity + CHECKSUM, kind.sharesNames);
    out.u8(VERSION);
    out.u8(kind.code);
    return out;
  }

  /** The finished value; its content is compressed where that saves an eighth or more. */
  static byte[] seal(Kind kind, BinaryOutput out) {
    int length = out.position() - HEAD;
    BinaryOutput sealed = out;
    if (Zstandard.isWorthwhile(length)) {
      byte[] compressed = Zstandard.compress(out.array(), HEAD, length, kind.level);
      if (compressed.length < length - length / 8) {
        sealed = new BinaryOutput(HEAD + 5 + compressed.length + CHECKSUM, false);
        sealed.u8(VERSION);
        sealed.u8(kind.code | COMPRESSED);
        sealed.varint(length);
        sealed.raw(compressed, 0, compressed.length);
      }
    }
    sealed.i32(checksum(sealed.array(), 0, sealed.position()));
    return Arrays.copyOf(sealed.array(), sealed.position());
  }

  /**
   * The content of the {@code length} bytes at {@code from}, whose version, checksum and kind are
   * as they should be.
   */
  static BinaryInput unseal(Kind kind, byte[] value, int from, int length) {
    if (length < HEAD + CHECKSUM || from < 0 || length > value.length - from) {
      throw corrupt(kind, "it ends too early: %d bytes".formatted(length));
    }
    int version = value[from] & 0xFF;
    if (version > VERSION) {
      throw corrupt(
          kind,
          "it has version %d, and this release reads %d: take a newer one"
              .formatted(version, VERSION));
    }
    int end = from + length - CHECKSUM;
    int stored = new BinaryInput(value, end, end + CHECKSUM, false).i32();
    if (version == 0 || stored != checksum(value, from, end - from)) {
      throw corrupt(kind, "the checksum of its %d bytes does not match".formatted(length));
    }
    if (version < VERSION) {
      throw corrupt(
          kind,
          "it has version %d, and this release reads %d: export with the release that wrote it, and restore with this one"
              .formatted(version, VERSION));
    }
    int flags = value[from + 1] & 0xFF;
    if ((flags & ~COMPRESSED) != kind.code) {
      throw corrupt(kind, "it holds something else: kind %d".formatted(flags & ~COMPRESSED));
    }
    BinaryInput in = new BinaryInput(value, from + HEAD, end, kind.sharesNames);
    return (flags & COMPRESSED) == 0 ? in : decompressed(kind, in, value, end);
  }

  /**
   * The length of a value with its content decompressed, from its first {@value #LENGTH_BYTES}
   * bytes; that of a value that was cut short may be any.
   *
   * @param length the length as it is stored
   */
  static long decodedLength(byte[] start, long length) {
    if (start.length < LENGTH_BYTES || (start[1] & COMPRESSED) == 0) {
      return length;
    }
    long decoded = 0;
    for (int i = HEAD; i < LENGTH_BYTES; i++) {
      decoded |= (start[i] & 0x7FL) << (7 * (i - HEAD));
      if (start[i] >= 0) {
        break;
      }
    }
    return decoded;
  }

  private static BinaryInput decompressed(Kind kind, BinaryInput in, byte[] value, int end) {
    long length = in.varint();
    if (length <= 0 || length > Zstandard.MAX_LENGTH) {
      throw in.corrupt("no length of decompressed data: " + Long.toUnsignedString(length));
    }
    byte[] content = Zstandard.decompress(value, in.position(), end - in.position(), (int) length);
    return new BinaryInput(content, 0, content.length, kind.sharesNames);
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  private static CorruptDataException corrupt(Kind kind, String reason) {
    return new CorruptDataException("cannot read %s: %s".formatted(kind.what, reason), null);
  }
}

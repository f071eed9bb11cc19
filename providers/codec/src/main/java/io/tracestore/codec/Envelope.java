package io.tracestore.codec;

import io.tracestore.spi.CorruptDataException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

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
    EVENTS(5, "a block of events", true, Zstandard.FAST),
    DICTIONARY(6, "a dictionary", false, Zstandard.SMALL),
    DICTIONARY_BODY(7, "an event's body", false, Zstandard.SMALL);

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
    if (Zstandard.isWorthwhile(length)) {
      byte[] compressed = Zstandard.compress(out.array(), HEAD, length, kind.level);
      if (saves(compressed.length, length)) {
        BinaryOutput sealed = openCompressed(kind.code | COMPRESSED, length, compressed.length);
        sealed.raw(compressed);
        return sealed(sealed);
      }
    }
    return sealed(out);
  }

  /**
   * The finished body, compressed with {@code dictionary} where that saves an eighth or more of at
   * least {@link TraceBinary#MIN_DICTIONARY_BYTES}.
   */
  static byte[] sealBody(BinaryOutput out, CompressionDictionary dictionary) {
    int length = out.position() - HEAD;
    if (length >= TraceBinary.MIN_DICTIONARY_BYTES && length <= Zstandard.MAX_LENGTH) {
      byte[] compressed = dictionary.compress(out.array(), HEAD, length);
      if (compressed != null && saves(compressed.length, length)) {
        BinaryOutput sealed = openCompressed(Kind.DICTIONARY_BODY.code, length, compressed.length);
        sealed.varint(dictionary.number());
        sealed.raw(compressed);
        return sealed(sealed);
      }
    }
    return seal(Kind.BODY, out);
  }

  /** The content alone. */
  static byte[] content(BinaryOutput out) {
    return Arrays.copyOfRange(out.array(), HEAD, out.position());
  }

  private static boolean saves(int compressed, int length) {
    return compressed < length - length / 8;
  }

  private static BinaryOutput openCompressed(int kind, int length, int compressed) {
    BinaryOutput out = new BinaryOutput(HEAD + 10 + compressed + CHECKSUM, false);
    out.u8(VERSION);
    out.u8(kind);
    out.varint(length);
    return out;
  }

  private static byte[] sealed(BinaryOutput out) {
    out.i32(checksum(out.array(), 0, out.position()));
    return Arrays.copyOf(out.array(), out.position());
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

  /** The number of the dictionary that a body needs; 0 if it needs none. */
  static int dictionaryOf(byte[] body) {
    if (!hasDictionary(body)) {
      return 0;
    }
    BinaryInput in = new BinaryInput(body, HEAD);
    in.varint();
    long number = in.varint();
    if (number < 1 || number > Integer.MAX_VALUE) {
      throw in.corrupt("no number of a dictionary: " + Long.toUnsignedString(number));
    }
    return (int) number;
  }

  private static boolean hasDictionary(byte[] value) {
    return value.length > HEAD && value[1] == Kind.DICTIONARY_BODY.code;
  }

  /** The content of a body that may need {@code dictionary}. */
  static BinaryInput unsealBody(byte[] body, @Nullable CompressionDictionary dictionary) {
    if (!hasDictionary(body)) {
      return unseal(Kind.BODY, body, 0, body.length);
    }
    BinaryInput in = unseal(Kind.DICTIONARY_BODY, body, 0, body.length);
    int length = decompressedLength(in);
    long number = in.varint();
    if (dictionary == null || dictionary.number() != number) {
      throw corrupt(Kind.BODY, "it needs dictionary %d, which is not there".formatted(number));
    }
    int size = body.length - CHECKSUM - in.position();
    byte[] content = dictionary.decompress(body, in.position(), size, length);
    return new BinaryInput(content, 0, content.length, false);
  }

  /**
   * The length of a value with its content decompressed, from its first {@value #LENGTH_BYTES}
   * bytes; that of a value that was cut short may be any.
   *
   * @param length the length as it is stored
   */
  static long decodedLength(byte[] start, long length) {
    if (start.length < LENGTH_BYTES || ((start[1] & COMPRESSED) == 0 && !hasDictionary(start))) {
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
    int length = decompressedLength(in);
    byte[] content = Zstandard.decompress(value, in.position(), end - in.position(), length);
    return new BinaryInput(content, 0, content.length, kind.sharesNames);
  }

  private static int decompressedLength(BinaryInput in) {
    long length = in.varint();
    if (length <= 0 || length > Zstandard.MAX_LENGTH) {
      throw in.corrupt("no length of decompressed data: " + Long.toUnsignedString(length));
    }
    return (int) length;
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

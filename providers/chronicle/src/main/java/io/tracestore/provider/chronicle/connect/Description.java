package io.tracestore.provider.chronicle.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tracestore.codec.BinaryInput;
import io.tracestore.codec.BinaryOutput;
import io.tracestore.spi.StoreConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The description of a map, in an entry of its own.
 *
 * @param id made together with the map
 * @param file identifies the file that it was made in: under each of its names the same, and
 *     another one in a copy
 * @param sizing how much it takes
 */
record Description(UUID id, String file, Sizing sizing) {
  /** The first bytes of the entry: what the file holds, and its version. */
  private static final String FORMAT = "tracestore 4";

  /** The description of a map in {@code file}. */
  static Description of(UUID id, Path file, Sizing sizing) throws IOException {
    return new Description(id, keyOf(file), sizing);
  }

  /** The number that the file system gave to the file; where there is none, its real path. */
  private static String keyOf(Path file) throws IOException {
    try {
      return "file " + Files.getAttribute(file, "unix:ino");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return "path " + file.toRealPath();
    }
  }

  /** The id of the data if they lie in {@code file}: that of a copy is another one. */
  UUID idIn(Path file) throws IOException {
    String key = keyOf(file);
    return key.equals(this.file) ? id : UUID.nameUUIDFromBytes((id + key).getBytes(UTF_8));
  }

  byte[] toBytes() {
    BinaryOutput out = new BinaryOutput(128);
    out.text(FORMAT);
    out.uuid(id);
    out.text(file);
    out.i64(sizing.maxTraces());
    out.i32(sizing.averageTraceBytes());
    out.i64(Double.doubleToLongBits(sizing.maxBloatFactor()));
    return out.toBytes();
  }

  static Description read(byte[] bytes) {
    BinaryInput in = new BinaryInput(bytes, 0);
    String format = in.text();
    if (!format.equals(FORMAT)) {
      throw new StoreConfigurationException(
          "the file has format '%s', this release reads '%s': export with the release that wrote it, and restore with this one"
              .formatted(format, FORMAT),
          null);
    }
    UUID id = in.uuid();
    String file = in.text();
    Sizing sizing = new Sizing(in.i64(), in.i32(), Double.longBitsToDouble(in.i64()));
    in.end();
    return new Description(id, file, sizing);
  }
}

package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreConfigurationException;
import java.util.UUID;

/**
 * The description of a map, in an entry of its own.
 *
 * @param id made together with the map
 * @param file the {@link FileKey} of the file that it was made in: in a copy it is another one
 * @param sizing how much it takes
 */
record Description(UUID id, String file, Sizing sizing) {
  /** The first bytes of the entry: what the file holds, and its version. */
  private static final String FORMAT = "tracestore 3";

  byte[] toBytes() {
    Output out =
        new Output(128)
            .text(FORMAT)
            .i64(id.getMostSignificantBits())
            .i64(id.getLeastSignificantBits())
            .text(file);
    sizing.write(out);
    return out.toBytes();
  }

  static Description read(byte[] bytes) {
    return Input.read(
        "the description of the file",
        bytes,
        in -> {
          String format = in.text();
          if (!format.equals(FORMAT)) {
            throw new StoreConfigurationException(
                "the file has format '%s', this release reads '%s': export with the release that wrote it, and restore with this one"
                    .formatted(format, FORMAT),
                null);
          }
          return new Description(new UUID(in.i64(), in.i64()), in.text(), Sizing.read(in));
        });
  }

  /** The identity of the data if they lie in the file of that key. */
  String identity(String fileNow) {
    String identity = "chronicle:" + id;
    return fileNow.equals(file) ? identity : identity + ":" + fileNow;
  }
}

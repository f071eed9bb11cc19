package io.tracestore.provider.chronicle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The identity of a file: the same under each of its names, and another one in a copy. */
final class FileKey {
  private FileKey() {}

  /** The number that the file system gave to the file; where there is none, its real path. */
  static String of(Path file) throws IOException {
    try {
      return "file " + Files.getAttribute(file, "unix:ino");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return "path " + UUID.nameUUIDFromBytes(file.toRealPath().toString().getBytes(UTF_8));
    }
  }
}

package io.tracestore.bench;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;

/**
 * The URIs that the labels of a run stand for. Results, command lines and logs show labels only;
 * forked processes read the URIs, passwords and all, from a file that only its owner may read.
 */
public final class Targets {
  /** The system property that names the file. */
  public static final String FILE_PROPERTY = "tracestore.bench.targets";

  private Targets() {}

  /** The URI of {@code label}: the label itself unless a file says otherwise. */
  static String uri(String label) {
    String file = System.getProperty(FILE_PROPERTY, "");
    if (file.isEmpty()) {
      return label;
    }
    Properties uris = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      uris.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return uris.getProperty(label, label);
  }

  /** Writes {@code uris} by label to {@code file}, which must not exist. */
  public static void write(Path file, Map<String, String> uris) throws IOException {
    Properties properties = new Properties();
    properties.putAll(uris);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
  }
}

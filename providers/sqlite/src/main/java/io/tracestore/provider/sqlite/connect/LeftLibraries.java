package io.tracestore.provider.sqlite.connect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * Removes the driver's library from the temporary folder where a process was killed that had put it
 * there. The driver itself removes only libraries of processes that ended in an orderly way. A
 * library that a process has loaded stays. Only Linux shows which are loaded; elsewhere nothing is
 * removed.
 */
public final class LeftLibraries {
  /** {@code sqlite-VERSION-UUID-NAME}, and beside it the same with {@code .lck}. */
  private static final Pattern NAME =
      Pattern.compile(
          "sqlite-[0-9.]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-libsqlitejdbc\\.so");

  /** The driver writes the file first, and loads it then. */
  private static final Duration TIME_TO_LOAD = Duration.ofMinutes(1);

  private static final Path PROCESSES = Path.of("/proc");

  private static final AtomicBoolean looked = new AtomicBoolean();

  private LeftLibraries() {}

  /** Looks once in this process, and fails never. */
  public static void removeOnce() {
    if (looked.compareAndSet(false, true)) {
      try {
        remove(
            Path.of(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"))));
      } catch (IOException | RuntimeException e) {
        // They are in nobody's way; the next process looks again.
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.isReadable(PROCESSES.resolve("self/maps"))) {
      return;
    }
    List<Path> left = old(folder);
    if (left.isEmpty()) {
      return;
    }
    for (Path process : processes()) {
      String maps = maps(process);
      left.removeIf(library -> maps.contains(library.getFileName().toString()));
    }
    for (Path library : left) {
      Files.deleteIfExists(library.resolveSibling(library.getFileName() + ".lck"));
      Files.deleteIfExists(library);
    }
  }

  private static List<Path> old(Path folder) throws IOException {
    Instant limit = Instant.now().minus(TIME_TO_LOAD);
    List<Path> old = new ArrayList<>();
    try (DirectoryStream<Path> libraries =
        Files.newDirectoryStream(
            folder, file -> NAME.matcher(file.getFileName().toString()).matches())) {
      for (Path library : libraries) {
        if (Files.isWritable(library)
            && Files.getLastModifiedTime(library).toInstant().isBefore(limit)) {
          old.add(library);
        }
      }
    }
    return old;
  }

  private static List<Path> processes() throws IOException {
    List<Path> processes = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROCESSES, "[1-9]*")) {
      all.forEach(processes::add);
    }
    return processes;
  }

  /**
   * The files that a process has mapped, as {@code /proc} lists them; empty if it has ended or
   * belongs to another user.
   */
  private static String maps(Path process) {
    try {
      return Files.readString(process.resolve("maps"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}

package io.tracestore.migration.spans;

import io.tracestore.migration.files.NameLock;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A folder for the temporary files of one import or export, for its owner alone. It is locked while
 * it is used, so that the next one removes what a killed one left.
 */
final class SpoolFolder implements AutoCloseable {
  private static final String PREFIX = "tracestore-import-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f-]{36}");
  private static final Pattern FILE = Pattern.compile("part\\d+");
  private static final String LOCK = ".lock";

  private final Path path;
  private final NameLock lock;

  private SpoolFolder(Path path, NameLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Makes a folder, and removes those that nobody uses. */
  static SpoolFolder make() throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
    removeLeftovers(parent);
    while (true) {
      String name = PREFIX + UUID.randomUUID();
      // Locked beside the folder and before it is there: it is never without its lock.
      Optional<NameLock> lock = NameLock.tryTake(parent.resolve(name + LOCK));
      if (lock.isPresent()) {
        Path path = parent.resolve(name);
        try {
          return new SpoolFolder(
              Files.createDirectory(path, NameLock.ownerOnly(path, "rwx------")), lock.get());
        } catch (IOException e) {
          try (NameLock unused = lock.get()) {
            unused.remove();
          }
          throw e;
        }
      }
    }
  }

  private static void removeLeftovers(Path parent) {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, PREFIX + "*" + LOCK)) {
      for (Path each : locks) {
        String file = each.getFileName().toString();
        String name = file.substring(0, file.length() - LOCK.length());
        if (NAME.matcher(name).matches()
            && Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)
            && !NameLock.isHeldHere(each)) {
          removeIfLeft(each, parent.resolve(name));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Files that stay do no harm.
    }
  }

  private static void removeIfLeft(Path name, Path folder) {
    try {
      Optional<NameLock> lock = NameLock.tryTake(name);
      if (lock.isPresent()) {
        new SpoolFolder(folder, lock.get()).close();
      }
    } catch (IOException e) {
      // Another user's: theirs to remove.
    }
  }

  /** The file of this number. */
  Path file(int number) {
    return path.resolve("part" + number);
  }

  /** Removes the folder with its files. */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        removeFiles();
        Files.delete(path);
      }
      lock.remove();
    }
  }

  private void removeFiles() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        if (FILE.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}

package io.tracestore.provider.sqlite.connect;

import io.tracestore.spi.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a database file as the file system sees it; two states show whether it was written
 * to in between.
 *
 * @param modified when it was last written to
 * @param size its size
 * @param key which file it is, as far as the system says
 * @param hasLog whether there is a write-ahead log: a process has the file open to write, or left
 *     the log
 */
public record FileState(FileTime modified, long size, @Nullable Object key, boolean hasLog) {
  /** Two writes may get the same time if they are no further apart than that. */
  private static final Duration COARSEST_CLOCK = Duration.ofMillis(50);

  public static FileState of(Path file) {
    try {
      boolean hasLog = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileState(
          attributes.lastModifiedTime(), attributes.size(), attributes.fileKey(), hasLog);
    } catch (IOException e) {
      throw new StoreUnavailableException("%s cannot be found: %s".formatted(file, e), e);
    }
  }

  /** Whether a write after now would show in {@link #modified()}. */
  public boolean isSettled() {
    return modified.toInstant().plus(COARSEST_CLOCK).isBefore(Instant.now());
  }
}

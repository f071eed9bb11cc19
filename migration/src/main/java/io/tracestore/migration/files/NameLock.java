package io.tracestore.migration.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file that one run holds, against other processes and other threads of this one. It ends with
 * the process, so that no process holds the files that a killed run left.
 */
public final class NameLock implements AutoCloseable {
  /** This process must not open a file that it has locked: closing it would end the lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;

  private NameLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the file, which is made if it is not there, for its owner alone.
   *
   * @param path in a folder without symbolic links
   * @return empty if another run holds it
   */
  public static Optional<NameLock> tryTake(Path path) throws IOException {
    if (!HELD.add(path)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    boolean taken = false;
    try {
      while (true) {
        Object before = make(path);
        if (before == null) {
          continue;
        }
        channel = open(path);
        if (channel == null) {
          continue;
        }
        if (channel.tryLock() == null) {
          return Optional.empty();
        }
        // The one that held it may have removed it since it was opened.
        if (Objects.equals(keyOf(path), before)) {
          taken = true;
          return Optional.of(new NameLock(path, channel));
        }
        channel.close();
      }
    } finally {
      if (!taken) {
        if (channel != null) {
          channel.close();
        }
        HELD.remove(path);
      }
    }
  }

  /**
   * Creates the file if it is missing. Returns the key that distinguishes it from other files of
   * its name; null if it was removed again.
   */
  private static @Nullable Object make(Path path) throws IOException {
    try {
      Files.createFile(path, ownerOnly(path, "rw-------"));
    } catch (FileAlreadyExistsException e) {
      // It may be left from a killed run.
    }
    return keyOf(path);
  }

  /** The attribute that makes a file or folder its owner's alone, where there is such a thing. */
  public static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      Object key =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      return key == null ? path : key;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static @Nullable FileChannel open(Path path) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Whether this process holds the file. */
  public static boolean isHeldHere(Path path) {
    return HELD.contains(path);
  }

  /** The file, opened for writing; to be closed with this lock only. */
  FileChannel channel() {
    return channel;
  }

  Path path() {
    return path;
  }

  /** Removes the file, while nobody else can hold it. */
  public void remove() throws IOException {
    Files.deleteIfExists(path);
  }

  /** Lets others take the file; closing again does nothing. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        channel.close();
      } finally {
        HELD.remove(path);
      }
    }
  }
}

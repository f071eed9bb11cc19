package io.tracestore.provider.sqlite.read;

import io.tracestore.provider.sqlite.connect.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The file that a backup fills before the backup gets its name. Closing it deletes it.
 *
 * <p>A lock file beside it shows whether its backup lives: the operating system releases the lock
 * when the process ends, however it ends. The lock is not on the file itself, because SQLite opens
 * and closes that one, which would release the lock.
 *
 * <p>For one thread; several may each have a file of their own.
 */
public final class UnfinishedFile implements AutoCloseable {
  private static final String SUFFIX = ".unfinished";
  private static final String LOCK_SUFFIX = SUFFIX + "-lock";

  /**
   * One thread of this process at a time creates, deletes or looks: the system's locks belong to
   * the process, and closing any descriptor of a lock file would release its lock.
   */
  private static final ReentrantLock ONE = new ReentrantLock();

  /** The lock files of this process's own backups. */
  private static final Set<Path> LIVING = new HashSet<>();

  private final Path file;
  private final Path lockFile;
  private final Closeable lock;

  private UnfinishedFile(Path file, Path lockFile, Closeable lock) {
    this.file = file;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Creates an empty file beside {@code target}, which only this user may read, with a name that
   * nobody else has. First removes the files that earlier backups to {@code target} left when their
   * processes died.
   */
  public static UnfinishedFile beside(Path target) throws IOException {
    Path folder = Objects.requireNonNull(target.getParent(), "a file has a folder");
    ONE.lock();
    try {
      removeDead(folder, target);
      UnfinishedFile made = null;
      while (made == null) {
        made = tryCreate(folder, target);
      }
      return made;
    } finally {
      ONE.unlock();
    }
  }

  /** Null if another process took the new lock file for one of a dead backup. */
  private static @Nullable UnfinishedFile tryCreate(Path folder, Path target) throws IOException {
    Path lockFile = Files.createTempFile(folder, target.getFileName() + ".", LOCK_SUFFIX);
    Closeable lock = Disk.tryLock(lockFile);
    if (lock == null) {
      return null;
    }
    try {
      if (!Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS)) {
        lock.close();
        return null;
      }
      Path file = Files.createFile(fileOf(lockFile), ownerOnly(folder));
      LIVING.add(lockFile);
      return new UnfinishedFile(file, lockFile, lock);
    } catch (FileAlreadyExistsException e) {
      Files.deleteIfExists(lockFile); // somebody's file, which stays
      lock.close();
      return null;
    } catch (IOException | RuntimeException e) {
      delete(lockFile);
      lock.close();
      throw e;
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(
              Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
        }
        : new FileAttribute<?>[0];
  }

  private static void removeDead(Path folder, Path target) throws IOException {
    Pattern lockFiles =
        Pattern.compile(
            Pattern.quote(target.getFileName() + ".") + "[0-9]+" + Pattern.quote(LOCK_SUFFIX));
    List<Path> found;
    try (Stream<Path> files = Files.list(folder)) {
      found =
          files
              .filter(file -> lockFiles.matcher(file.getFileName().toString()).matches())
              .filter(file -> !LIVING.contains(file))
              .toList();
    }
    found.forEach(UnfinishedFile::removeIfDead);
  }

  private static void removeIfDead(Path lockFile) {
    try (Closeable lock = Disk.tryLock(lockFile)) {
      if (lock != null) {
        deleteBoth(lockFile);
      }
    } catch (IOException e) {
      // Another user's, or another process removed it first.
    }
  }

  private static Path fileOf(Path lockFile) {
    String name = lockFile.getFileName().toString();
    return lockFile.resolveSibling(
        name.substring(0, name.length() - LOCK_SUFFIX.length()) + SUFFIX);
  }

  /** The lock file goes last: without it, nobody would remove the other. */
  private static void deleteBoth(Path lockFile) {
    if (delete(fileOf(lockFile))) {
      delete(lockFile);
    }
  }

  private static boolean delete(Path file) {
    try {
      Files.deleteIfExists(file);
      return true;
    } catch (IOException e) {
      return false; // the next backup tries again
    }
  }

  /** The file, which is empty at first. */
  public Path path() {
    return file;
  }

  /** Deletes the file; a link to it stays. */
  @Override
  public void close() {
    ONE.lock();
    try {
      deleteBoth(lockFile);
      LIVING.remove(lockFile);
      lock.close();
    } catch (IOException e) {
      // The lock ends with the process.
    } finally {
      ONE.unlock();
    }
  }
}

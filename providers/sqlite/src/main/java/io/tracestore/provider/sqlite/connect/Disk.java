package io.tracestore.provider.sqlite.connect;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Puts files onto the disk, and locks them. The one place here that opens any, and never one that
 * SQLite has open: closing it would drop SQLite's locks on it.
 */
public final class Disk {
  private Disk() {}

  /** Puts a file that nobody has open onto the disk. */
  public static void sync(Path file) throws IOException {
    sync(file, StandardOpenOption.WRITE);
  }

  /** Makes the names in a file's folder last; some systems cannot open a folder and need not. */
  public static void syncFolderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try {
        sync(folder, StandardOpenOption.READ);
      } catch (IOException e) {
        // The data itself is on disk already.
      }
    }
  }

  /**
   * Locks a file that SQLite never opens, until the result is closed or this process ends.
   *
   * @return null if another process has the lock
   */
  public static @Nullable Closeable tryLock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
      channel.close();
      return null;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void sync(Path path, OpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }
}

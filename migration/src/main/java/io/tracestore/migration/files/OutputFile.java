package io.tracestore.migration.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The one way to write a file. The file appears under its name when it is complete and on disk.
 * Only its owner may read it; if it replaces a file, the users who could read that one may.
 * Symbolic links stay what they are. A pipe, a device or an open descriptor is written to as it is.
 */
public final class OutputFile {
  private static final Pattern UNFINISHED = Pattern.compile("\\.tracestore\\.[0-9a-f-]{36}\\.tmp");
  private static final int BUFFER = 1 << 16;
  private static final int MAX_LINKS = 40;

  private final Path named;
  private final Path path;
  private final boolean isStream;

  private OutputFile(Path named, Path path, boolean isStream) {
    this.named = named;
    this.path = path;
    this.isStream = isStream;
  }

  /** Writes what the file is to hold. */
  public interface Content<T> {
    T writeTo(OutputStream out) throws IOException;
  }

  /** Finds out where {@code named} leads to. */
  public static OutputFile at(Path named) throws IOException {
    Path path = named.toAbsolutePath();
    boolean isDescriptor = false;
    for (int links = 0; links < MAX_LINKS; links++) {
      Path folder = path.getParent();
      Path name = path.getFileName();
      if (folder == null || name == null) {
        throw new FileSystemException(named.toString(), null, "is a folder");
      }
      Path realFolder = folder.toRealPath();
      path = realFolder.resolve(name);
      isDescriptor = realFolder.startsWith("/proc") || realFolder.equals(Path.of("/dev/fd"));
      if (isDescriptor || !Files.isSymbolicLink(path)) {
        break;
      }
      path = realFolder.resolve(Files.readSymbolicLink(path));
    }
    if (Files.isDirectory(path)) {
      throw new FileSystemException(named.toString(), null, "is a folder");
    }
    boolean isOther = Files.exists(path) && !Files.isRegularFile(path);
    return new OutputFile(named, path, isDescriptor || isOther);
  }

  /** Whether it is a pipe, a device or a descriptor, which is written to as it is. */
  public boolean isStream() {
    return isStream;
  }

  /** The place itself, with symbolic links resolved. */
  public Path path() {
    return path;
  }

  /** Whether it is one of {@code files}, or lies in one of them that is a folder. */
  public boolean isOneOf(Set<Path> files) throws IOException {
    for (Path file : files) {
      if (path.startsWith(file)
          || (Files.exists(path) && Files.exists(file) && Files.isSameFile(path, file))) {
        return true;
      }
    }
    return false;
  }

  /** Writes the file. */
  public <T> T write(Content<T> content) throws IOException {
    if (isStream) {
      return writeAsItIs(content);
    }
    removeLeftovers();
    try (NameLock unfinished = unfinished()) {
      try {
        T result;
        OutputStream out =
            new BufferedOutputStream(Channels.newOutputStream(unfinished.channel()), BUFFER);
        result = content.writeTo(out);
        out.flush();
        unfinished.channel().force(true);
        keepPermissions(unfinished.path());
        moveIntoPlace(unfinished.path());
        return result;
      } finally {
        unfinished.remove(); // nothing is there any more if all went well
      }
    }
  }

  private <T> T writeAsItIs(Content<T> content) throws IOException {
    // Behind what is there: a descriptor may be a file that somebody else has begun.
    StandardOpenOption how =
        Files.isRegularFile(path) ? StandardOpenOption.APPEND : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, how)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
      T result = content.writeTo(out);
      out.flush();
      return result;
    }
  }

  /** A new file beside this one, of a name that nobody else has. */
  private NameLock unfinished() throws IOException {
    while (true) {
      Path file = path.resolveSibling(".tracestore.%s.tmp".formatted(UUID.randomUUID()));
      Optional<NameLock> taken = NameLock.tryTake(file);
      if (taken.isPresent()) {
        return taken.get();
      }
    }
  }

  /** Removes what killed runs left in the folder: nobody holds it any more. */
  private void removeLeftovers() {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(path.resolveSibling(""), ".tracestore.*.tmp")) {
      for (Path file : files) {
        if (UNFINISHED.matcher(file.getFileName().toString()).matches()
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && !NameLock.isHeldHere(file)) {
          removeIfLeft(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // A folder that may be written to and not be read; the file itself can be written.
    }
  }

  private static void removeIfLeft(Path file) {
    try {
      Optional<NameLock> taken = NameLock.tryTake(file);
      if (taken.isPresent()) {
        try (NameLock leftover = taken.get()) {
          leftover.remove();
        }
      }
    } catch (IOException e) {
      // Another user's: theirs to remove.
    }
  }

  private void keepPermissions(Path unfinished) throws IOException {
    PosixFileAttributeView replaced =
        Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (replaced != null && Files.exists(path)) {
      Files.setPosixFilePermissions(unfinished, replaced.readAttributes().permissions());
    }
  }

  private void moveIntoPlace(Path unfinished) throws IOException {
    try {
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING);
    }
    syncFolder(path);
  }

  /** Makes a name in a folder last; some systems cannot open a folder and need not. */
  public static void syncFolder(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The data itself is on disk already.
    }
  }

  /** The reason why a file could not be written. */
  public static String reason(Path file, IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> {
        Path folder = file.toAbsolutePath().getParent();
        yield folder == null || Files.isDirectory(folder)
            ? missing.getFile() + " is not there"
            : "its folder does not exist";
      }
      case AccessDeniedException denied -> denied.getFile() + " may not be written to";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      case ClosedByInterruptException interrupted -> "interrupted";
      default -> String.valueOf(e.getMessage());
    };
  }

  @Override
  public String toString() {
    return named.toString();
  }
}

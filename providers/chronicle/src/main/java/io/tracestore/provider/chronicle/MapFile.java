package io.tracestore.provider.chronicle;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.UUID;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An open map in a file, or in private memory: makes, opens, recovers and enlarges it. A map that
 * is made, recovered or enlarged gets another name until it is whole.
 */
final class MapFile implements AutoCloseable {
  private final String name;
  private final TraceMap map;
  private final String identity;
  private final @Nullable Path file;
  private final @Nullable ProcessLock lock;
  private final boolean recovered;

  private MapFile(
      String name,
      TraceMap map,
      String identity,
      @Nullable Path file,
      @Nullable ProcessLock lock,
      boolean recovered) {
    this.name = name;
    this.map = map;
    this.identity = identity;
    this.file = file;
    this.lock = lock;
    this.recovered = recovered;
  }

  static MapFile inMemory(String name, Sizing sizing) {
    TraceMap map = new TraceMap(builder(sizing).create(), sizing);
    return new MapFile(name, map, "chronicle:" + UUID.randomUUID(), null, null, false);
  }

  /**
   * Opens the map in {@code path}.
   *
   * @param create whether a file that is not there is made
   */
  static MapFile open(String name, Path path, Sizing sizing, boolean create) {
    try {
      Path file = canonical(name, path);
      check(name, file, sizing, create);
      ProcessLock lock = ProcessLock.acquire(name, beside(file, ".lock"));
      try {
        return open(name, file, sizing, lock);
      } catch (Throwable e) {
        lock.close();
        throw e;
      }
    } catch (TraceStoreException e) {
      throw e;
    } catch (Exception | LinkageError | AssertionError e) {
      // Everything that the library throws ends here: it is foreign code. All that was opened is
      // closed by now.
      throw new StoreUnavailableException("%s: cannot be opened: %s".formatted(name, e), e);
    }
  }

  private static MapFile open(String name, Path file, Sizing sizing, ProcessLock lock)
      throws IOException {
    boolean isNew = Files.notExists(file);
    boolean recover = !isNew && !lock.wasClosed();
    lock.opened();
    if (isNew) {
      make(file, sizing);
    } else if (recover) {
      recover(name, file);
    }
    Description description = describe(name, file);
    Sizing stored = description.sizing();
    Sizing wanted = stored.with(sizing.wanted());
    if (!wanted.equals(stored)) {
      grow(name, file, description, wanted);
      description = describe(name, file);
    }
    TraceMap map = map(file, description.sizing());
    return new MapFile(name, map, description.identity(FileKey.of(file)), file, lock, recover);
  }

  private static Path canonical(String name, Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new StoreConfigurationException(
          "%s: there is no folder %s; make it first".formatted(name, folder), null);
    }
    if (Files.isDirectory(absolute)) {
      throw new StoreConfigurationException(
          "%s: that is a folder; name a file".formatted(name), null);
    }
    return Files.exists(absolute)
        ? absolute.toRealPath()
        : folder.toRealPath().resolve(absolute.getFileName());
  }

  /** Checks everything that can be checked before a file is created. */
  private static void check(String name, Path file, Sizing sizing, boolean create)
      throws IOException {
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      if (!create) {
        throw new StoreConfigurationException(
            "%s: there is no file %s, and create=false makes none".formatted(name, file), null);
      }
      checkSpace(name, file, sizing.totalBytes() + sizing.totalBytes() / 5, sizing.toString());
    } else if (Files.size(file) == 0) {
      throw new StoreConfigurationException(
          "%s: the file is empty, and no map; delete it, or name another".formatted(name), null);
    }
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  /** The files that belong to the map, there or not. */
  Set<Path> files() {
    return file == null
        ? Set.of()
        : Set.of(file, beside(file, ".lock"), beside(file, ".new"), beside(file, ".recovering"));
  }

  private static ChronicleMapBuilder<byte[], byte[]> builder(Sizing sizing) {
    return ChronicleMapBuilder.of(byte[].class, byte[].class)
        .averageKeySize(24)
        .averageValueSize(sizing.averageTraceBytes())
        .actualSegments(sizing.segments())
        .actualChunkSize(Sizing.CHUNK)
        .actualChunksPerSegmentTier(sizing.chunksPerSegment())
        .entriesPerSegment(sizing.entriesPerSegment())
        // Memory is mapped once and at full size: nothing but an open touches the file system.
        .allowSegmentTiering(false)
        .putReturnsNull(true)
        .removeReturnsNull(true)
        // Without them a recovery could not tell an entry that was cut off.
        .checksumEntries(true)
        .skipCloseOnExitHook(true);
  }

  private static TraceMap map(Path file, Sizing sizing) throws IOException {
    return new TraceMap(builder(sizing).createPersistedTo(file.toFile()), sizing);
  }

  private static Description describe(String name, Path file) throws IOException {
    try (TraceMap map = map(file, Sizing.SMALLEST)) {
      return describe(name, map);
    }
  }

  private static Description describe(String name, TraceMap map) {
    byte[] description = map.description();
    if (description == null) {
      throw new StoreConfigurationException(
          "%s: the file is a map, but not one of traces".formatted(name), null);
    }
    return Description.read(description);
  }

  private static void make(Path file, Sizing sizing) throws IOException {
    Path made = beside(file, ".new");
    Files.deleteIfExists(made);
    try (TraceMap map = map(made, sizing)) {
      map.describe(new Description(UUID.randomUUID(), FileKey.of(made), sizing));
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Recovers a copy, which takes the place of the file: a recovery that is killed may lose entries,
   * and begins again with what the file was.
   */
  private static void recover(String name, Path file) throws IOException {
    Path copy = beside(file, ".recovering");
    Files.deleteIfExists(copy);
    checkSpace(name, file, Files.size(file), "a copy of the file, to recover it,");
    try {
      Files.copy(file, copy);
      try (TraceMap map =
          new TraceMap(
              builder(Sizing.SMALLEST).recoverPersistedTo(copy.toFile(), false, corruption -> {}),
              Sizing.SMALLEST)) {
        Description before = describe(name, map);
        map.describe(moved(before, file, copy, before.sizing()));
      }
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Copies all entries into a larger file, which takes the place of the old one. */
  private static void grow(String name, Path file, Description before, Sizing sizing)
      throws IOException {
    Path made = beside(file, ".new");
    Files.deleteIfExists(made);
    checkSpace(name, file, sizing.totalBytes() + sizing.totalBytes() / 5, sizing.toString());
    try (TraceMap small = map(file, before.sizing());
        TraceMap large = map(made, sizing)) {
      small.copyTo(large);
      large.describe(moved(before, file, made, sizing));
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A file that is replaced keeps its identity; a copy of another stays the copy that it was. */
  private static Description moved(Description before, Path file, Path made, Sizing sizing)
      throws IOException {
    boolean original = before.file().equals(FileKey.of(file));
    UUID id =
        original
            ? before.id()
            : UUID.nameUUIDFromBytes(before.identity(FileKey.of(file)).getBytes(UTF_8));
    return new Description(id, FileKey.of(made), sizing);
  }

  /** The file gets all its space when it is made: a full disk cannot stop a write later. */
  private static void checkSpace(String name, Path file, long needed, String what)
      throws IOException {
    Path folder = file.getParent();
    long space = folder == null ? 0 : Files.getFileStore(folder).getUsableSpace();
    if (space < needed) {
      throw new StoreCapacityException(
          "%s: %s takes %d MiB, and the disk has %d MiB left"
              .formatted(name, what, needed >> 20, space >> 20),
          null);
    }
  }

  TraceMap map() {
    return map;
  }

  /** The identity of the data. */
  String identity() {
    return identity;
  }

  /** Whether the last process had not closed the map. */
  boolean isRecovered() {
    return recovered;
  }

  /** Fails if the file was removed. */
  void ensureThere() {
    if (file != null && Files.notExists(file)) {
      throw new StoreUnavailableException(
          name + ": the file was removed while the store is open; open it again", null);
    }
  }

  @Override
  public void close() {
    try (lock) {
      map.close();
      if (lock != null) {
        lock.closed();
      }
    } catch (IOException e) {
      throw new StoreUnavailableException("%s: %s".formatted(name, e.getMessage()), e);
    }
  }
}

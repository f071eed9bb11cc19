package io.tracestore.provider.chronicle.connect;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An open map in a file, or in private memory: makes, opens, recovers and enlarges it. A map that
 * is made, recovered or enlarged gets another name until it is whole.
 *
 * @param name the store, for errors
 * @param id the identity of the data
 * @param file its real path; null in private memory
 * @param lock keeps the file for this store; null in private memory
 * @param recovered whether the last process had not closed the map
 */
public record MapFile(
    String name,
    TraceMap map,
    UUID id,
    @Nullable Path file,
    @Nullable ProcessLock lock,
    boolean recovered)
    implements AutoCloseable {

  /** Fills a file that is not there yet. */
  @FunctionalInterface
  private interface Filling {
    void fill(Path made) throws IOException;
  }

  public static MapFile inMemory(String name, Sizing sizing) {
    UUID id = UUID.randomUUID();
    TraceMap map =
        TraceMap.describe(builder(sizing).create(), new Description(id, "memory", sizing));
    return new MapFile(name, map, id, null, null, false);
  }

  /**
   * Opens the map in {@code path}.
   *
   * @param create whether a file that is not there is made
   */
  public static MapFile open(String name, Path path, Sizing sizing, boolean create) {
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
    boolean recovered = !lock.opened() && !isNew;
    if (isNew) {
      replace(file, ".new", made -> make(made, UUID.randomUUID(), sizing).close());
    } else if (recovered) {
      recover(name, file);
    }
    TraceMap map = map(name, file);
    Sizing wanted = map.sizing().enlargedBy(sizing);
    if (!wanted.equals(map.sizing())) {
      grow(name, file, map, wanted);
      map = map(name, file);
    }
    return new MapFile(name, map, map.description().idIn(file), file, lock, recovered);
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
      checkSpace(name, file, sizing.fileBytes(), sizing.toString());
    } else if (Files.size(file) == 0) {
      throw new StoreConfigurationException(
          "%s: the file is empty, and no map; delete it, or name another".formatted(name), null);
    }
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  /** The files that belong to the map, there or not. */
  public Set<Path> files() {
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

  private static TraceMap make(Path file, UUID id, Sizing sizing) throws IOException {
    ChronicleMap<byte[], byte[]> map = builder(sizing).createPersistedTo(file.toFile());
    return TraceMap.describe(map, Description.of(id, file, sizing));
  }

  /** Opens a map that is there; its sizes are those in the file. */
  private static TraceMap map(String name, Path file) throws IOException {
    return TraceMap.of(name, builder(Sizing.SMALLEST).createPersistedTo(file.toFile()));
  }

  /** Fills a file beside, which then takes the place of {@code file}. */
  private static void replace(Path file, String ending, Filling filling) throws IOException {
    Path made = beside(file, ending);
    Files.deleteIfExists(made);
    try {
      filling.fill(made);
      Files.move(made, file, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /**
   * Recovers a copy: a recovery that is killed may lose entries, and begins again with what the
   * file was.
   */
  private static void recover(String name, Path file) throws IOException {
    checkSpace(name, file, Files.size(file), "a copy of the file, to recover it,");
    replace(
        file,
        ".recovering",
        copy -> {
          Files.copy(file, copy);
          ChronicleMap<byte[], byte[]> map =
              builder(Sizing.SMALLEST).recoverPersistedTo(copy.toFile(), false, corruption -> {});
          try (TraceMap recovered = TraceMap.of(name, map)) {
            Description before = recovered.description();
            TraceMap.describe(map, Description.of(before.idIn(file), copy, before.sizing()));
          }
        });
  }

  /** Copies all entries into a larger file, and closes the map. */
  private static void grow(String name, Path file, TraceMap map, Sizing sizing) throws IOException {
    try (map) {
      checkSpace(name, file, sizing.fileBytes(), sizing.toString());
      replace(
          file,
          ".new",
          made -> {
            try (TraceMap large = make(made, map.description().idIn(file), sizing)) {
              map.copyTo(large);
            }
          });
    }
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

  /** Fails if the file was removed. */
  public void ensureThere() {
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

package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Opens maps. A file is opened once in this process, whatever the number of stores on it: that is
 * what {@link ProcessGate} asks for. Safe for many threads.
 */
final class Engines {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Map<Path, Shared> OPEN = new HashMap<>();

  private static final class Shared {
    private final Engine engine;
    private int users;

    Shared(Engine engine) {
      this.engine = engine;
    }
  }

  private Engines() {}

  static Engine inMemory(String name, Sizing sizing) {
    return new Engine(
        name,
        Table.inMemory(sizing),
        Gate.PRIVATE,
        Journal.none(),
        new SlotCopy(null),
        sizing,
        new LongAdder());
  }

  /** The engine of {@code file}, which {@link #release} gives back. */
  static Engine acquire(String name, Path file, Sizing sizing) {
    LOCK.lock();
    try {
      Path key = canonical(name, file);
      Shared shared = OPEN.get(key);
      if (shared == null) {
        shared = new Shared(open(name, key, sizing));
        OPEN.put(key, shared);
      } else if (!wanted(sizing).isCoveredBy(shared.engine.sizing())) {
        throw inUse(name, shared.engine.sizing());
      }
      shared.users++;
      return shared.engine;
    } finally {
      LOCK.unlock();
    }
  }

  static void release(Engine engine) {
    LOCK.lock();
    try {
      Shared last = null;
      for (Shared shared : OPEN.values()) {
        if (shared.engine == engine && --shared.users == 0) {
          last = shared;
        }
      }
      if (last != null) {
        OPEN.values().remove(last);
      }
      if (last != null || !isShared(engine)) {
        engine.close();
      }
    } finally {
      LOCK.unlock();
    }
  }

  private static boolean isShared(Engine engine) {
    return OPEN.values().stream().anyMatch(shared -> shared.engine == engine);
  }

  /** Values that are the default ask for nothing. */
  private static Sizing wanted(Sizing sizing) {
    boolean maxTraces =
        sizing.maxTraces() != ChronicleOptions.defaultOf(ChronicleOptions.MAX_TRACES);
    boolean bytes =
        sizing.averageTraceBytes()
            != ChronicleOptions.defaultOf(ChronicleOptions.AVERAGE_TRACE_BYTES);
    boolean bloat =
        sizing.maxBloatFactor() != ChronicleOptions.defaultOf(ChronicleOptions.MAX_BLOAT_FACTOR);
    return new Sizing(
        maxTraces ? sizing.maxTraces() : 1,
        bytes ? sizing.averageTraceBytes() : 1,
        bloat ? sizing.maxBloatFactor() : 1);
  }

  private static Path canonical(String name, Path file) {
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
    try {
      return Files.exists(absolute)
          ? absolute.toRealPath()
          : folder.toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      throw unavailable(name, e);
    }
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  private static Engine open(String name, Path file, Sizing sizing) {
    ProcessGate gate = null;
    Journal journal = null;
    Table table = null;
    LongAdder repaired = new LongAdder();
    try {
      checkSort(name, file);
      gate = ProcessGate.open(beside(file, ".lock"), name);
      if (Files.notExists(file)) {
        if (!gate.isAlone()) {
          throw new StoreUnavailableException(
              name + ": the file was removed while another process has it open; close that", null);
        }
        gate.forget();
        make(name, file, sizing);
      }
      journal = Journal.open(beside(file, ".journal"));
      table = Table.open(file, sizing);
      SlotCopy slots = new SlotCopy(beside(file, ".repair"));
      Gate.Repairs repairs = Engine.repairs(table, journal, slots, repaired::increment);
      gate.join(repairs);
      if (slots.isThere()) {
        // Left by a repair that nobody remembers, as after the lock file was deleted.
        gate.enterToWrite(repairs);
        slots.end();
        gate.leaveWriting();
      }
      Sizing stored = sizing(name, table);
      Sizing wanted = wanted(sizing);
      if (!wanted.isCoveredBy(stored)) {
        if (!gate.isAlone()) {
          throw inUse(name, stored);
        }
        stored = stored.with(wanted);
        Table small = table;
        table = null;
        grow(name, file, small, stored);
        table = Table.open(file, stored);
      }
      gate.opened();
      return new Engine(name, table, gate, journal, slots, stored, repaired);
    } catch (IOException e) {
      throw closing(table, journal, gate, unavailable(name, e));
    } catch (RuntimeException e) {
      throw closing(table, journal, gate, translated(name, e));
    }
  }

  private static void checkSort(String name, Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == 0) {
      throw new StoreConfigurationException(
          "%s: the file is empty, and no map; delete it, or name another".formatted(name), null);
    }
  }

  private static Sizing sizing(String name, Table table) {
    byte[] meta = table.get(Key.meta());
    if (meta == null) {
      throw new StoreConfigurationException(
          "%s: the file is a map, but not one of traces".formatted(name), null);
    }
    return Sizing.read(meta);
  }

  /** Makes the file under another name first: it is there whole or not at all. */
  private static void make(String name, Path file, Sizing sizing) throws IOException {
    checkSpace(name, file, sizing);
    Path made = beside(file, ".new");
    Files.deleteIfExists(made);
    Files.deleteIfExists(beside(file, ".journal"));
    Files.deleteIfExists(beside(file, ".repair"));
    try (Table table = Table.open(made, sizing)) {
      table.put(Key.meta(), sizing.toBytes());
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The file gets all its space when it is made: a full disk cannot stop a write later. */
  private static void checkSpace(String name, Path file, Sizing sizing) throws IOException {
    long space = Files.getFileStore(file.getParent()).getUsableSpace();
    long needed = sizing.totalBytes() + sizing.totalBytes() / 5;
    if (space < needed) {
      throw new StoreCapacityException(
          "%s: a map for maxTraces=%d of averageTraceBytes=%d takes %d MiB, and the disk has %d MiB left"
              .formatted(
                  name, sizing.maxTraces(), sizing.averageTraceBytes(), needed >> 20, space >> 20),
          null);
    }
  }

  /** Copies all entries into a larger file, which takes the place of the old one. */
  private static void grow(String name, Path file, Table small, Sizing sizing) throws IOException {
    Path made = beside(file, ".new");
    Files.deleteIfExists(made);
    checkSpace(name, file, sizing);
    try (small;
        Table table = Table.open(made, sizing)) {
      small.copyTo(table);
      table.put(Key.meta(), sizing.toBytes());
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static StoreConfigurationException inUse(String name, Sizing stored) {
    return new StoreConfigurationException(
        "%s: the file has maxTraces=%d, averageTraceBytes=%d, maxBloatFactor=%s and cannot grow while others have it open; close them, or open it without larger values"
            .formatted(
                name, stored.maxTraces(), stored.averageTraceBytes(), stored.maxBloatFactor()),
        null);
  }

  private static StoreUnavailableException unavailable(String name, IOException e) {
    return new StoreUnavailableException("%s: cannot be opened: %s".formatted(name, e), e);
  }

  private static TraceStoreException translated(String name, RuntimeException e) {
    return e instanceof TraceStoreException known
        ? known
        : new StoreUnavailableException("%s: cannot be opened: %s".formatted(name, e), e);
  }

  private static TraceStoreException closing(
      @Nullable Table table,
      @Nullable Journal journal,
      @Nullable ProcessGate gate,
      TraceStoreException failure) {
    try (gate;
        journal;
        table) {
      return failure;
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
      return failure;
    }
  }
}

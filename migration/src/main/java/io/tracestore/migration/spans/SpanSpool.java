package io.tracestore.migration.spans;

import io.tracestore.spi.TraceStoreException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Groups records by trace in bounded memory: what does not fit is put into temporary files, each
 * trace wholly into one of them, and the files are read one at a time.
 *
 * <p>First records are added, then groups are taken out; not safe for several threads.
 */
final class SpanSpool implements AutoCloseable {
  private static final int FILES = 64;
  private static final int FILES_BITS = 6;

  /** Splitting on would not part the traces of a file that is still too large. */
  private static final int MAX_SPLITS = 4;

  private static final int RECORD_OVERHEAD = 64;

  private final long maxBytes;
  private final long maxGroupBytes;
  private final Deque<Part> parts = new ArrayDeque<>();
  private Map<String, List<SpoolRecord>> held = new LinkedHashMap<>();
  private long heldBytes;
  private @Nullable SpoolFolder folder;
  private int filesMade;

  /** How long each file must be that was written: nobody else may have removed or cut it. */
  private final Map<Path, Long> written = new HashMap<>();

  /** A span, as {@link SpanBytes}, and where it stands. */
  static final class SpoolRecord {
    private final int file;
    private final long line;
    private final long column;
    private final byte[] span;

    /**
     * @param file the number of its source
     * @param span not to be changed any more
     */
    SpoolRecord(int file, long line, long column, byte[] span) {
      this.file = file;
      this.line = line;
      this.column = column;
      this.span = span;
    }

    int file() {
      return file;
    }

    long line() {
      return line;
    }

    long column() {
      return column;
    }

    byte[] span() {
      return span;
    }
  }

  /**
   * The records of one trace.
   *
   * @param records in the order they were added; only the first if they are too large together
   * @param bytes the size of all of them
   * @param tooLarge whether they are too large
   */
  record Group(String traceId, List<SpoolRecord> records, long bytes, boolean tooLarge) {}

  /** A temporary file with the traces of one remainder, after {@code splits} splits. */
  private record Part(Path file, int splits) {}

  /**
   * @param maxBytes how much is held in memory
   * @param maxGroupBytes how large one trace may be
   */
  SpanSpool(long maxBytes, long maxGroupBytes) {
    this.maxBytes = maxBytes;
    this.maxGroupBytes = maxGroupBytes;
  }

  void add(String traceId, SpoolRecord added) {
    hold(traceId, added);
    if (heldBytes > maxBytes) {
      spill(parts, 0);
    }
  }

  private void hold(String traceId, SpoolRecord added) {
    held.computeIfAbsent(traceId, id -> new ArrayList<>()).add(added);
    heldBytes += added.span().length + RECORD_OVERHEAD;
  }

  /** Moves what is held to the files of its level, {@code splits} levels down. */
  private void spill(Deque<Part> into, int splits) {
    try {
      Map<Integer, List<String>> byFile = new HashMap<>();
      held.keySet()
          .forEach(
              id -> byFile.computeIfAbsent(fileOf(id, splits), f -> new ArrayList<>()).add(id));
      Path[] files = filesOf(into, splits);
      for (Map.Entry<Integer, List<String>> entry : byFile.entrySet()) {
        append(files[entry.getKey()], entry.getValue());
      }
    } catch (IOException e) {
      throw spoolFailed(e);
    }
    held = new LinkedHashMap<>();
    heldBytes = 0;
  }

  private Path[] filesOf(Deque<Part> into, int splits) throws IOException {
    if (into.isEmpty()) {
      if (folder == null) {
        folder = SpoolFolder.make();
      }
      for (int i = 0; i < FILES; i++) {
        into.add(new Part(folder.file(filesMade++), splits + 1));
      }
    }
    return into.stream().map(Part::file).toArray(Path[]::new);
  }

  private void append(Path file, List<String> traceIds) throws IOException {
    checkWhole(file);
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(
                Files.newOutputStream(
                    file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)))) {
      for (String traceId : traceIds) {
        for (SpoolRecord each : held.getOrDefault(traceId, List.of())) {
          out.writeUTF(traceId);
          out.writeInt(each.file());
          out.writeLong(each.line());
          out.writeLong(each.column());
          out.writeInt(each.span().length);
          out.write(each.span());
        }
      }
    }
    written.put(file, Files.size(file));
  }

  private void checkWhole(Path file) throws IOException {
    long expected = written.getOrDefault(file, 0L);
    long size = Files.exists(file) ? Files.size(file) : 0;
    if (size != expected) {
      throw new IOException(
          "%s was removed or changed by somebody else; import again".formatted(file));
    }
  }

  /** Takes the groups out, each once; nothing may be added any more. */
  Iterator<Group> drain() {
    if (!parts.isEmpty()) {
      spill(parts, 0);
    }
    return new Groups();
  }

  private final class Groups implements Iterator<Group> {
    private Iterator<Map.Entry<String, List<SpoolRecord>>> ready = held.entrySet().iterator();
    private final Deque<Group> tooLarge = new ArrayDeque<>();

    @Override
    public boolean hasNext() {
      while (tooLarge.isEmpty() && !ready.hasNext() && !parts.isEmpty()) {
        held = new LinkedHashMap<>();
        heldBytes = 0;
        load(parts.remove());
        ready = held.entrySet().iterator();
      }
      return !tooLarge.isEmpty() || ready.hasNext();
    }

    @Override
    public Group next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (!tooLarge.isEmpty()) {
        return tooLarge.remove();
      }
      Map.Entry<String, List<SpoolRecord>> entry = ready.next();
      ready.remove();
      long bytes = entry.getValue().stream().mapToLong(each -> each.span().length).sum();
      boolean isTooLarge = bytes > maxGroupBytes;
      return new Group(
          entry.getKey(),
          isTooLarge ? List.of(entry.getValue().getFirst()) : entry.getValue(),
          bytes,
          isTooLarge);
    }

    /** Reads a file into memory, or splits it into smaller ones. */
    private void load(Part part) {
      try {
        checkWhole(part.file());
        if (!written.containsKey(part.file())) {
          return;
        }
        if (Files.size(part.file()) <= 2 * maxBytes) {
          read(part.file(), SpanSpool.this::hold);
        } else if (part.splits() < MAX_SPLITS) {
          split(part);
        } else {
          readAllButTheTooLarge(part.file());
        }
        Files.delete(part.file());
        written.remove(part.file());
      } catch (IOException e) {
        throw spoolFailed(e);
      }
    }

    private void split(Part part) throws IOException {
      Deque<Part> smaller = new ArrayDeque<>();
      read(
          part.file(),
          (traceId, each) -> {
            hold(traceId, each);
            if (heldBytes > maxBytes) {
              spill(smaller, part.splits());
            }
          });
      spill(smaller, part.splits());
      smaller.forEach(parts::addFirst);
    }

    private void readAllButTheTooLarge(Path file) throws IOException {
      Map<String, Long> sizes = new HashMap<>();
      read(file, (traceId, each) -> sizes.merge(traceId, (long) each.span().length, Long::sum));
      read(
          file,
          (traceId, each) -> {
            long size = sizes.getOrDefault(traceId, 0L);
            if (size <= maxGroupBytes) {
              hold(traceId, each);
            } else if (size > 0 && sizes.put(traceId, Long.MAX_VALUE) != Long.MAX_VALUE) {
              tooLarge.add(new Group(traceId, List.of(each), size, true));
            }
          });
    }
  }

  private interface RecordHandler {
    void accept(String traceId, SpoolRecord each);
  }

  private static void read(Path file, RecordHandler handler) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      while (true) {
        String traceId;
        try {
          traceId = in.readUTF();
        } catch (EOFException end) {
          return;
        }
        int source = in.readInt();
        long line = in.readLong();
        long column = in.readLong();
        handler.accept(traceId, new SpoolRecord(source, line, column, in.readNBytes(in.readInt())));
      }
    }
  }

  /** Each level looks at other bits, so that a split parts what was together. */
  private static int fileOf(String traceId, int splits) {
    int hash = traceId.hashCode() * 0x9E3779B9;
    hash ^= hash >>> 15;
    return (hash >>> (splits * FILES_BITS)) & (FILES - 1);
  }

  static TraceStoreException spoolFailed(IOException e) {
    return new TraceStoreException(
        "cannot use the temporary folder %s (the property java.io.tmpdir sets it): %s"
            .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
        e);
  }

  @Override
  public void close() {
    held.clear();
    if (folder == null) {
      return;
    }
    try {
      folder.close();
    } catch (IOException e) {
      throw spoolFailed(e);
    }
  }
}

package io.tracestore.migration;

import io.tracestore.migration.files.NameLock;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * All traces that a run could not move, one in each line of a file, by id and start, which is made
 * with the first of them. Not safe for several threads.
 */
final class NotMovedLog implements AutoCloseable {
  private static final int ID = 36;
  private static final int LINE = ID + 22;

  private final Path path;
  private long length;
  private @Nullable RandomAccessFile file;

  /**
   * @param length the number of bytes at the beginning of the file that are valid
   */
  NotMovedLog(Path path, long length) {
    this.path = path;
    this.length = length;
  }

  /** Adds {@code places} at the end. */
  void append(List<Position> places) {
    if (places.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder(places.size() * LINE);
    places.forEach(each ->
        lines.append("%s %+020d\n".formatted(each.traceId(), EpochNanos.of(each.startTime()))));
    byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
    try {
      open().write(bytes);
      length += bytes.length;
    } catch (IOException e) {
      throw new TraceStoreException("cannot write %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** Opens the file; not as a channel, which an interrupt would close. */
  private RandomAccessFile open() throws IOException {
    RandomAccessFile opened = file;
    if (opened == null) {
      if (length == 0) {
        Files.deleteIfExists(path); // left from a run whose checkpoint was removed
        Files.createFile(path, NameLock.ownerOnly(path, "rw-------"));
      } else {
        check(path, length);
      }
      opened = new RandomAccessFile(path.toFile(), "rw");
      file = opened;
      opened.setLength(length);
      opened.seek(length);
    }
    return opened;
  }

  /** How many bytes count. */
  long length() {
    return length;
  }

  /** Puts everything on the disk. */
  void sync() {
    RandomAccessFile opened = file;
    if (opened == null) {
      return;
    }
    try {
      opened.getFD().sync();
    } catch (IOException e) {
      throw new TraceStoreException("cannot write %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static void check(Path path, long length) throws IOException {
    boolean isWhole;
    try {
      isWhole = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) >= length;
    } catch (NoSuchFileException e) {
      isWhole = false;
    }
    if (!isWhole) {
      throw new CorruptDataException(
          ("%s is not there or cut off; it belongs to the checkpoint beside it, without which a"
                  + " migration starts over")
              .formatted(path),
          null);
    }
  }

  /**
   * The places in the first {@code length} bytes.
   *
   * @throws CorruptDataException if the file has fewer
   */
  static Places read(Path path, long length) {
    return new Places(path, length);
  }

  /** Nothing. */
  static Places none() {
    return new Places(Path.of(""), 0);
  }

  /** Places of traces, read as they are asked for. */
  static final class Places implements Iterator<Position>, AutoCloseable {
    private final Path path;
    private final @Nullable BufferedReader reader;
    private long left;

    private Places(Path path, long length) {
      this.path = path;
      this.left = length / LINE;
      try {
        if (length > 0) {
          check(path, length);
        }
        this.reader = length == 0 ? null : Files.newBufferedReader(path, StandardCharsets.US_ASCII);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Position next() {
      if (reader == null || left == 0) {
        throw new NoSuchElementException();
      }
      left--;
      try {
        String text = String.valueOf(reader.readLine());
        if (text.length() != LINE - 1) {
          throw new IllegalArgumentException("a line is too short or too long");
        }
        return new Position(
            EpochNanos.toInstant(Long.parseLong(text.substring(ID + 1))),
            TraceId.of(text.substring(0, ID)));
      } catch (IOException e) {
        throw failed(e);
      } catch (IllegalArgumentException e) {
        throw new CorruptDataException("%s is damaged: %s".formatted(path, e.getMessage()), e);
      }
    }

    private TraceStoreException failed(IOException e) {
      return new TraceStoreException("cannot read %s: %s".formatted(path, e.getMessage()), e);
    }

    @Override
    public void close() {
      try {
        if (reader != null) {
          reader.close();
        }
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new TraceStoreException("cannot write %s: %s".formatted(path, e.getMessage()), e);
    }
  }
}

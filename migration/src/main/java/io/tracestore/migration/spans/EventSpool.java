package io.tracestore.migration.spans;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.internal.TraceWeight;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The events of one trace as a list. Events that do not fit into a few megabytes are put into a
 * temporary file and decoded each time they are asked for, so that a list of any size takes eight
 * bytes for each event. Not safe for several threads; closing removes the file.
 */
public final class EventSpool extends AbstractList<TraceEvent>
    implements RandomAccess, AutoCloseable {
  private static final long MAX_BYTES = 4 << 20;
  private static final int WINDOW = 1 << 16;

  private final List<TraceEvent> held = new ArrayList<>();
  private long heldBytes;

  /** The places where encoded events end; those before the held ones are in the file. */
  private long[] ends = new long[16];

  private int spooled;
  private @Nullable SpoolFolder folder;
  private @Nullable OutputStream out;
  private @Nullable RandomAccessFile in;

  /** A part of the file, for events that are read one after the other. */
  private byte[] window = {};

  private long windowStart;

  /** All of {@code events}. */
  public static EventSpool of(Iterator<TraceEvent> events) {
    EventSpool spool = new EventSpool();
    try {
      events.forEachRemaining(spool::add);
      return spool;
    } catch (RuntimeException | Error e) {
      try (spool) {
        throw e;
      }
    }
  }

  @Override
  public boolean add(TraceEvent event) {
    held.add(event);
    heldBytes += TraceWeight.of(event);
    if (heldBytes > MAX_BYTES) {
      spill();
    }
    return true;
  }

  private void spill() {
    try {
      OutputStream file = out;
      if (file == null) {
        SpoolFolder made = SpoolFolder.make();
        folder = made;
        Path path = made.file(0);
        file = new BufferedOutputStream(Files.newOutputStream(path), WINDOW);
        out = file;
        in = new RandomAccessFile(path.toFile(), "r");
      }
      for (TraceEvent event : held) {
        byte[] bytes = TraceBinary.encodeEvent(event);
        file.write(bytes);
        if (spooled == ends.length) {
          ends = Arrays.copyOf(ends, 2 * spooled);
        }
        ends[spooled] = start(spooled) + bytes.length;
        spooled++;
      }
      file.flush();
    } catch (IOException e) {
      throw SpanSpool.spoolFailed(e);
    }
    held.clear();
    heldBytes = 0;
  }

  private long start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  @Override
  public TraceEvent get(int index) {
    if (index >= spooled) {
      return held.get(index - spooled);
    }
    try {
      return TraceBinary.decodeEvent(bytes(start(index), Math.toIntExact(length(index))));
    } catch (IOException e) {
      throw SpanSpool.spoolFailed(e);
    }
  }

  private long length(int index) {
    return ends[index] - start(index);
  }

  private byte[] bytes(long start, int length) throws IOException {
    if (start < windowStart || start + length > windowStart + window.length) {
      RandomAccessFile file = in;
      if (file == null) {
        throw new TraceStoreException("the events were closed", null);
      }
      long size = ends[spooled - 1];
      window = new byte[(int) Math.min(Math.max(length, WINDOW), size - start)];
      windowStart = start;
      file.seek(start);
      try {
        file.readFully(window);
      } catch (EOFException e) {
        throw new IOException("a temporary file was cut by somebody else", e);
      }
    }
    int from = Math.toIntExact(start - windowStart);
    return Arrays.copyOfRange(window, from, from + length);
  }

  @Override
  public int size() {
    return spooled + held.size();
  }

  /** Whether some events are in a file: then nothing that is made of each event should be kept. */
  static boolean isLarge(List<TraceEvent> events) {
    return events instanceof EventSpool spool && spool.spooled > 0;
  }

  @Override
  public void close() {
    held.clear();
    SpoolFolder files = folder;
    if (files == null) {
      return;
    }
    folder = null;
    try (files) {
      if (out != null) {
        out.close();
      }
      if (in != null) {
        in.close();
      }
    } catch (IOException e) {
      throw SpanSpool.spoolFailed(e);
    }
  }
}

package io.tracestore.migration;

import com.github.luben.zstd.ZstdOutputStream;
import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.migration.chrome.ChromeWriter;
import io.tracestore.migration.files.OutputFile;
import io.tracestore.migration.jaeger.JaegerWriter;
import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.otlp.OtlpWriter;
import io.tracestore.migration.rows.EventRowWriter;
import io.tracestore.migration.zipkin.ZipkinWriter;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the traces of a store to a file that {@link TraceFiles} reads back, or that other tools
 * open.
 *
 * <p>The file is usually Reflow's JSON, one trace in each line. A {@linkplain Layout#BACKUP backup}
 * has a line before them, which names their origin, and one after them with their number and a
 * checksum, so that a truncated or altered file is detected when it is read. A checksum in each
 * line shows which lines of a damaged file are sound. Memory holds one trace at a time, or a page
 * of its events; a format of spans needs the whole trace.
 *
 * <p>A trace that the store cannot read is left out and reported.
 */
public final class Backup {
  /** The content of a file besides its traces. */
  public enum Layout {
    /** A first and a last line of this project's; the traces are whole. */
    BACKUP,
    /** Nothing: one trace in each line, as Reflow reads them, so without custom events. */
    LINES,
    /** {@link #LINES} with custom events, which no Reflow reads. */
    LINES_WITH_CUSTOM_EVENTS,
    /** An array of the traces, as Reflow reads them, so without custom events. */
    ARRAY,
    /** {@link #ARRAY} with custom events, which no Reflow reads. */
    ARRAY_WITH_CUSTOM_EVENTS,
    /** OpenTelemetry's OTLP as one JSON object, which keeps less than Reflow's JSON does. */
    OTLP,
    /** Zipkin's JSON (version 2): one list of spans. */
    ZIPKIN,
    /** The JSON that Jaeger's interface opens. */
    JAEGER,
    /** Chrome's trace event format, for Perfetto and speedscope; it cannot be imported. */
    CHROME,
    /** One line for each event, for databases and data frames; it cannot be imported. */
    JSONL
  }

  private static final int BUFFER = 1 << 16;

  private Backup() {}

  /**
   * Writes the traces that match {@code filter}, newest first. If the name ends in {@code .gz} or
   * {@code .zst}, the file is compressed. The file appears under its name, or replaces the file of
   * traces that is there, only when it is complete and on disk. Only its owner may read it; if it
   * replaces a file, the users who could read that one may. A symbolic link stays one. A pipe or a
   * device is written to as it is.
   *
   * @param filter all that match, if it sets no limit
   * @param progress gets the number of traces written so far, from time to time
   * @throws TraceStoreException if reading or writing fails, or if a file is there that holds no
   *     traces, or belongs to a store; then the file is unchanged
   */
  public static BackupReport write(
      TraceStore store, TraceQuery filter, Path file, Layout layout, LongConsumer progress) {
    try {
      OutputFile target = OutputFile.at(file);
      refuseToReplace(store, target, file);
      return target.write(out -> {
        try (OutputStream packed = pack(new NotClosing(out), file.toString())) {
          return write(store, filter, packed, layout, progress);
        }
      });
    } catch (IOException e) {
      throw new TraceStoreException(
          "cannot write %s: %s".formatted(file, OutputFile.reason(file, e)), e);
    }
  }

  /**
   * Whether a name leads to a pipe, a device or an open descriptor, which is written to as it is.
   */
  public static boolean isStream(Path file) {
    try {
      return OutputFile.at(file).isStream();
    } catch (IOException e) {
      return false;
    }
  }

  /** Refuses what export never made; a store's file is not opened to find out. */
  private static void refuseToReplace(TraceStore store, OutputFile target, Path file)
      throws IOException {
    if (target.isOneOf(store.files())) {
      throw new TraceStoreException(
          "%s belongs to the store %s; name another file".formatted(file, store), null);
    }
    if (target.isStream() || !Files.exists(target.path()) || Files.size(target.path()) == 0) {
      return;
    }
    boolean isInUse =
        Stream.of("-wal", "-shm", "-journal")
            .anyMatch(end ->
                Files.exists(target.path().resolveSibling(target.path().getFileName() + end)));
    if (isInUse || !InputFile.holdsTraces(target.path())) {
      throw new TraceStoreException(
          "%s is there, and is no file of traces; name another file, or remove it".formatted(file),
          null);
    }
  }

  /**
   * Writes the traces that match {@code filter} to a stream, which is flushed and stays open.
   *
   * @throws TraceStoreException if reading or writing fails
   */
  public static BackupReport write(
      TraceStore store, TraceQuery filter, OutputStream out, Layout layout, LongConsumer progress) {
    boolean isBackup = layout == Layout.BACKUP;
    try {
      MessageDigest digest = BackupLines.newDigest();
      OutputStream lines = isBackup ? new DigestOutputStream(out, digest) : out;
      if (isBackup) {
        lines.write(BackupLines.header(store.toString(), filter));
      }
      BackupReport report;
      OutputStream inner = new NotClosing(isBackup ? new SealingStream(lines) : lines);
      try (TraceSink sink = sink(inner, layout)) {
        report = writeTraces(store, filter, sink, leavesOutCustomEvents(layout), progress);
      }
      if (isBackup) {
        out.write(BackupLines.footer(report.traces(), report.events(), digest));
      }
      out.flush();
      return report;
    } catch (IOException e) {
      throw new TraceStoreException("cannot write: " + e.getMessage(), e);
    }
  }

  /** Takes traces one by one, each as a header and its events. */
  private interface TraceSink extends AutoCloseable {
    void write(FlowTrace header, Iterator<TraceEvent> events);

    @Override
    void close();
  }

  private static TraceSink sink(OutputStream out, Layout layout) {
    return switch (layout) {
      case OTLP -> sink(new OtlpWriter(out));
      case ZIPKIN -> sink(new ZipkinWriter(out));
      case JAEGER -> sink(new JaegerWriter(out));
      case CHROME -> sink(new ChromeWriter(out));
      case JSONL -> sink(new EventRowWriter(out));
      case ARRAY, ARRAY_WITH_CUSTOM_EVENTS -> reflowSink(out, ReflowJsonWriter.Layout.ARRAY);
      case LINES, LINES_WITH_CUSTOM_EVENTS -> reflowSink(out, ReflowJsonWriter.Layout.LINES);
      case BACKUP -> {
        ReflowJsonWriter writer = new ReflowJsonWriter(out, ReflowJsonWriter.Layout.LINES);
        yield sink((header, events) -> writeInParts(writer, header, events), writer::close);
      }
    };
  }

  private static TraceSink reflowSink(OutputStream out, ReflowJsonWriter.Layout layout) {
    ReflowJsonWriter writer = new ReflowJsonWriter(out, layout);
    return sink(writer::write, writer::close);
  }

  /** Writes a line for each part of a large trace, and the trace with its last part after them. */
  private static void writeInParts(
      ReflowJsonWriter writer, FlowTrace header, Iterator<TraceEvent> events) {
    List<TraceEvent> part = StoredEvents.piece(events);
    while (events.hasNext()) {
      writer.writeMarked(header.withEvents(part), BackupLines.PART_FIELD);
      part = StoredEvents.piece(events);
    }
    writer.write(header.withEvents(part));
  }

  private static TraceSink sink(JsonTraceWriter writer) {
    return sink(writer::write, writer::close);
  }

  private static TraceSink sink(BiConsumer<FlowTrace, Iterator<TraceEvent>> write, Runnable close) {
    return new TraceSink() {
      @Override
      public void write(FlowTrace header, Iterator<TraceEvent> events) {
        write.accept(header, events);
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  private static boolean leavesOutCustomEvents(Layout layout) {
    return layout == Layout.LINES || layout == Layout.ARRAY;
  }

  /** Gives the events that the layout has, and counts these and the others. */
  private static final class WrittenEvents implements Iterator<TraceEvent> {
    private final boolean leaveOutCustom;
    private Iterator<TraceEvent> events = Collections.emptyIterator();
    private @Nullable TraceEvent next;
    private long written;
    private long leftOut;

    WrittenEvents(boolean leaveOutCustom) {
      this.leaveOutCustom = leaveOutCustom;
    }

    /** Goes on with the events of another trace. */
    WrittenEvents of(Iterator<TraceEvent> trace) {
      events = trace;
      return this;
    }

    @Override
    public boolean hasNext() {
      while (next == null && events.hasNext()) {
        TraceEvent event = events.next();
        if (leaveOutCustom && event.eventType() instanceof TraceEventType.Custom) {
          leftOut++;
        } else {
          next = event;
        }
      }
      return next != null;
    }

    @Override
    public TraceEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      TraceEvent event = Objects.requireNonNull(next);
      next = null;
      written++;
      return event;
    }
  }

  private static void write(
      TraceStore store, TraceWalk.Found found, TraceSink writer, WrittenEvents events) {
    FlowTrace trace = found.trace();
    if (found.unread() == 0) {
      writer.write(trace, events.of(trace.events().iterator()));
      return;
    }
    try (StoredEvents stored = new StoredEvents(store, trace.traceId())) {
      writer.write(trace, events.of(stored));
    }
  }

  private static BackupReport writeTraces(
      TraceStore store,
      TraceQuery filter,
      TraceSink writer,
      boolean leaveOutCustomEvents,
      LongConsumer progress) {
    long traces = 0;
    WrittenEvents events = new WrittenEvents(leaveOutCustomEvents);
    long unreadable = 0;
    List<NotMoved> firstUnreadable = new ArrayList<>();
    try (TraceWalk walk = new TraceWalk(store, filter)) {
      for (TraceWalk.Step step = walk.next(); step != null; step = walk.next()) {
        if (Thread.currentThread().isInterrupted()) {
          throw new TraceStoreException("interrupted while exporting", null);
        }
        switch (step) {
          case TraceWalk.Found found -> {
            write(store, found, writer, events);
            traces++;
            progress.accept(traces);
          }
          case TraceWalk.Unreadable unread -> {
            unreadable++;
            if (firstUnreadable.size() < BackupReport.SHOWN_UNREADABLE) {
              firstUnreadable.add(unread.asNotMoved());
            }
          }
        }
      }
    }
    return new BackupReport(traces, events.written, events.leftOut, unreadable, firstUnreadable);
  }

  /**
   * Reads a file to its end and stores nothing.
   *
   * @return what it holds
   * @throws CorruptDataException if it is truncated, altered, or holds anything that is no trace in
   *     Reflow's format; it says what and where
   */
  public static BackupReport check(Path file, ImportListener listener) {
    long traces = 0;
    long events = 0;
    try (TraceSource source = TraceFiles.open(List.of(file), TraceFormat.REFLOW, listener)) {
      for (Optional<TraceSource.Item> item = source.next();
          item.isPresent();
          item = source.next()) {
        switch (item.get()) {
          case TraceSource.Read read -> {
            traces++;
            events += read.trace().events().size();
          }
          case TraceSource.Part part -> events += part.trace().events().size();
          case TraceSource.PassedOver nothing -> {}
          case TraceSource.Refused refused ->
              throw new CorruptDataException(refused.rejection().message(), null);
        }
      }
    }
    return new BackupReport(traces, events, 0, 0, List.of());
  }

  private static OutputStream pack(OutputStream out, String name) throws IOException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gz")) {
      return new GZIPOutputStream(out, BUFFER);
    }
    if (lower.endsWith(".zst")) {
      return new ZstdOutputStream(out).setChecksum(true);
    }
    return out;
  }

  /** Lets the writer finish without closing the stream, to which more is written afterwards. */
  private static final class NotClosing extends FilterOutputStream {
    NotClosing(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}

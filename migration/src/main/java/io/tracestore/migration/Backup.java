package io.tracestore.migration;

import com.github.luben.zstd.ZstdOutputStream;
import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.migration.otlp.OtlpWriter;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.GZIPOutputStream;

/**
 * Writes the traces of a store to a file that {@link TraceFiles} reads back.
 *
 * <p>The file is Reflow's JSON, one trace in each line. A {@linkplain Layout#BACKUP backup} has a
 * line before them, which tells where they come from, and one behind them with their number and a
 * checksum, so that a truncated or altered file is found out when it is read. Memory holds one
 * trace at a time.
 */
public final class Backup {
  /** What a file holds besides its traces. */
  public enum Layout {
    /** A first and a last line of this project's. */
    BACKUP,
    /** Nothing: one trace in each line, as other tools read them. */
    LINES,
    /** An array of the traces, as other tools read them. */
    ARRAY,
    /** OpenTelemetry's OTLP as one JSON object, which keeps less than Reflow's JSON does. */
    OTLP
  }

  private static final int BUFFER = 1 << 16;

  private Backup() {}

  /**
   * Writes the traces that match {@code filter}, newest first. A name that ends in {@code .gz} or
   * {@code .zst} has the file packed. It appears under its name, or replaces the one that is there,
   * only when it is whole and on disk.
   *
   * @param filter all that match, if it sets no limit
   * @param progress is told how many traces are written, every now and then
   * @throws TraceStoreException if reading or writing fails; the file is as before then
   */
  public static BackupReport write(
      TraceStore store, TraceQuery filter, Path file, Layout layout, LongConsumer progress) {
    Path target = file.toAbsolutePath();
    Path unfinished =
        target.resolveSibling(".%s.%s.tmp".formatted(target.getFileName(), UUID.randomUUID()));
    try {
      BackupReport report;
      try (FileChannel channel =
          FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
        try (OutputStream packed = pack(new NotClosing(out), file.toString())) {
          report = write(store, filter, packed, layout, progress);
        }
        channel.force(true);
      }
      WholeFiles.moveIntoPlace(unfinished, target);
      return report;
    } catch (IOException e) {
      throw new TraceStoreException("cannot write %s: %s".formatted(file, WholeFiles.reason(e)), e);
    } finally {
      WholeFiles.deleteQuietly(unfinished);
    }
  }

  /**
   * Writes the traces that match {@code filter} to a stream, which is flushed and stays open.
   *
   * @throws TraceStoreException if reading or writing fails
   */
  public static BackupReport write(
      TraceStore store, TraceQuery filter, OutputStream out, Layout layout, LongConsumer progress) {
    MessageDigest digest = BackupLines.newDigest();
    try {
      if (layout == Layout.BACKUP) {
        out.write(BackupLines.header(store.toString(), filter));
      }
      BackupReport report;
      try (TraceSink sink = sink(new NotClosing(new DigestOutputStream(out, digest)), layout)) {
        report = writeTraces(store, filter, sink, progress);
      }
      if (layout == Layout.BACKUP) {
        out.write(BackupLines.footer(report.traces(), report.events(), digest));
      }
      out.flush();
      return report;
    } catch (IOException e) {
      throw new TraceStoreException("cannot write: " + WholeFiles.reason(e), e);
    }
  }

  /** Takes traces one by one. */
  private interface TraceSink extends AutoCloseable {
    void write(FlowTrace trace);

    @Override
    void close();
  }

  private static TraceSink sink(OutputStream out, Layout layout) {
    if (layout == Layout.OTLP) {
      OtlpWriter writer = new OtlpWriter(out);
      return sink(writer::write, writer::close);
    }
    ReflowJsonWriter writer =
        new ReflowJsonWriter(
            out,
            layout == Layout.ARRAY ? ReflowJsonWriter.Layout.ARRAY : ReflowJsonWriter.Layout.LINES);
    return sink(writer::write, writer::close);
  }

  private static TraceSink sink(Consumer<FlowTrace> write, Runnable close) {
    return new TraceSink() {
      @Override
      public void write(FlowTrace trace) {
        write.accept(trace);
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  private static BackupReport writeTraces(
      TraceStore store, TraceQuery filter, TraceSink writer, LongConsumer progress) {
    long traces = 0;
    long events = 0;
    try (TraceCursor cursor = store.openCursor(filter)) {
      while (cursor.hasNext()) {
        if (Thread.currentThread().isInterrupted()) {
          throw new TraceStoreException("interrupted while exporting", null);
        }
        FlowTrace trace = cursor.next();
        writer.write(trace);
        traces++;
        events += trace.events().size();
        progress.accept(traces);
      }
    }
    return new BackupReport(traces, events);
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
          case TraceSource.Refused refused ->
              throw new CorruptDataException(refused.rejection().message(), null);
        }
      }
    }
    return new BackupReport(traces, events);
  }

  private static OutputStream pack(OutputStream out, String name) throws IOException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gz")) {
      return new GZIPOutputStream(out, BUFFER);
    }
    return lower.endsWith(".zst") ? new ZstdOutputStream(out) : out;
  }

  /** Lets the writer finish without closing what is written behind it. */
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

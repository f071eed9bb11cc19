package io.tracestore.migration;

import io.tracestore.migration.FileFormats.Detected;
import io.tracestore.migration.jaeger.JaegerReader;
import io.tracestore.migration.otlp.OtlpFiles;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.SpanSource;
import io.tracestore.migration.zipkin.ZipkinReader;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Opens trace files for reading. They may be packed with gzip or Zstandard, which their content
 * tells.
 */
public final class TraceFiles implements TraceSource {
  /** The name that stands for the standard input. */
  public static final Path STDIN = Path.of("-");

  private final @Nullable TraceFormat format;
  private final Queue<Rejection> problems = new ArrayDeque<>();
  private final Queue<InputFile> reflow = new ArrayDeque<>();
  private final Queue<InputFile> databases = new ArrayDeque<>();
  private final Map<TraceFormat, List<InputFile>> spans = new EnumMap<>(TraceFormat.class);
  private @Nullable TraceSource current;

  private TraceFiles(@Nullable TraceFormat format) {
    this.format = format;
  }

  /**
   * Whether a file can be read a second time. Data from a pipe can be read only once: {@code -},
   * {@code /dev/stdin}, {@code /dev/fd/63}, a named pipe.
   */
  public static boolean canBeReadAgain(Path path) {
    return !path.equals(STDIN) && (!Files.exists(path) || Files.isRegularFile(path));
  }

  /**
   * The traces of {@code files}: first those of files in Reflow's format, in their order, then
   * those of files of spans, format by format; the spans of one trace are looked for in all files
   * of a format.
   *
   * @param format their format; null to find it out for each file
   * @param listener gets the number of bytes read so far
   */
  public static TraceSource open(
      List<Path> files, @Nullable TraceFormat format, ImportListener listener) {
    ByteCounts counts = new ByteCounts(listener, InputFile.totalSize(files));
    TraceFiles source = new TraceFiles(format);
    files.forEach(path -> source.add(new InputFile(path, counts)));
    return source;
  }

  /**
   * The good traces in a file of lines, such as a damaged backup, also one whose beginning or end
   * is lost. Each line is read for itself, even if others are damaged; of a backup, only lines that
   * are as they were written. An array, or a trace in several lines, is read as {@link #open} does.
   *
   * @param listener gets the number of bytes read so far
   */
  public static TraceSource openToSalvage(Path path, ImportListener listener) {
    List<Path> files = List.of(path);
    InputFile file = new InputFile(path, new ByteCounts(listener, InputFile.totalSize(files)));
    try {
      boolean isBackup = file.holdsLinesOfBackup();
      if (isBackup || !file.isOneDocument()) {
        return new LineSource(file.open(), file.name(), isBackup, true);
      }
    } catch (IOException e) {
      TraceFiles refused = new TraceFiles(TraceFormat.REFLOW);
      refused.problems.add(file.rejection(e));
      return refused;
    }
    TraceFiles source = new TraceFiles(TraceFormat.REFLOW);
    source.add(file);
    return source;
  }

  private void add(InputFile file) {
    Detected detected;
    try {
      detected = file.detect();
    } catch (IOException e) {
      problems.add(file.rejection(e));
      return;
    }
    TraceFormat found = detected.format().orElse(format);
    if (format != null && found != null && found != format) {
      problems.add(
          Rejection.of(
              file.name(),
              "holds %s, not %s as said".formatted(found.displayName(), format.displayName())));
    } else if (found == TraceFormat.REFLOW_SQLITE) {
      databases.add(file);
    } else if (found == TraceFormat.REFLOW_POSTGRESQL) {
      problems.add(
          Rejection.of(file.name(), "is a file; a database is named by its URI, postgresql://..."));
    } else if (found != null && found != TraceFormat.REFLOW) {
      spans.computeIfAbsent(found, each -> new ArrayList<>()).add(file);
    } else if (found == TraceFormat.REFLOW || detected.problem().isEmpty()) {
      reflow.add(file);
    } else {
      problems.add(detected.problem().get());
    }
  }

  @Override
  public Optional<Item> next() {
    while (true) {
      if (!problems.isEmpty()) {
        return Optional.of(new Refused(problems.remove()));
      }
      TraceSource source = current;
      if (source == null && !openNext()) {
        return Optional.empty();
      }
      if (source != null) {
        Optional<Item> item = source.next();
        if (item.isPresent()) {
          return item;
        }
        source.close();
        current = null;
      }
    }
  }

  /** Opens the next source, or notes why it cannot be; false if there is none. */
  private boolean openNext() {
    if (!reflow.isEmpty()) {
      InputFile file = reflow.remove();
      try {
        boolean isBackup = file.isBackup();
        InputStream in = file.open();
        current =
            isBackup
                ? new LineSource(in, file.name(), true, false)
                : new ReflowSource(in, file.name());
      } catch (IOException e) {
        problems.add(file.rejection(e));
      }
      return true;
    }
    if (!databases.isEmpty()) {
      InputFile file = databases.remove();
      try {
        current = ReflowDatabase.ofSqlite(file.path());
      } catch (TraceStoreException e) {
        problems.add(new Rejection(file.name(), String.valueOf(e.getMessage())));
      }
      return true;
    }
    if (spans.isEmpty()) {
      return !problems.isEmpty();
    }
    TraceFormat next = spans.keySet().iterator().next();
    current = spanSource(next, Objects.requireNonNull(spans.remove(next)));
    return true;
  }

  private TraceSource spanSource(TraceFormat format, List<InputFile> files) {
    List<SpanSource.Input> inputs =
        files.stream().map(file -> new SpanSource.Input(file.name(), () -> open(file))).toList();
    return switch (format) {
      case ZIPKIN -> new SpanSource(Origin.ZIPKIN, ZipkinReader::new, inputs);
      case OTLP -> new SpanSource(Origin.OTLP, OtlpFiles::open, inputs);
      case JAEGER -> new SpanSource(Origin.JAEGER, JaegerReader::new, inputs);
      case REFLOW, REFLOW_SQLITE, REFLOW_POSTGRESQL ->
          throw new IllegalArgumentException("no format of spans: " + format);
    };
  }

  private Optional<InputStream> open(InputFile file) {
    try {
      return Optional.of(file.open());
    } catch (IOException e) {
      problems.add(file.rejection(e));
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    if (current != null) {
      current.close();
    }
  }
}

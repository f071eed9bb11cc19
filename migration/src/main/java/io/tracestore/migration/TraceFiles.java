package io.tracestore.migration;

import io.tracestore.migration.FileFormats.Detected;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.SpanSource;
import io.tracestore.migration.zipkin.ZipkinReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
  private final List<InputFile> zipkin = new ArrayList<>();
  private @Nullable TraceSource current;

  private TraceFiles(@Nullable TraceFormat format) {
    this.format = format;
  }

  /**
   * The traces of {@code files}: first those of files in Reflow's format, in their order, then
   * Zipkin's, the spans of one trace being looked for in all Zipkin files.
   *
   * @param format their format; null to find it out for each file
   * @param listener is told how many bytes were read
   */
  public static TraceSource open(
      List<Path> files, @Nullable TraceFormat format, ImportListener listener) {
    ByteCounts counts = new ByteCounts(listener, InputFile.totalSize(files));
    TraceFiles source = new TraceFiles(format);
    files.forEach(path -> source.add(new InputFile(path, counts)));
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
    } else if (found == TraceFormat.ZIPKIN) {
      zipkin.add(file);
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
      open(file).ifPresent(in -> current = new ReflowSource(in, file.name()));
      return true;
    }
    if (zipkin.isEmpty()) {
      return !problems.isEmpty();
    }
    current =
        new SpanSource(
            Origin.ZIPKIN,
            ZipkinReader::new,
            zipkin.stream()
                .map(file -> new SpanSource.Input(file.name(), () -> open(file)))
                .toList());
    zipkin.clear();
    return true;
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

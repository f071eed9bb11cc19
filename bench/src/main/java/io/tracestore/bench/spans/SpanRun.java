package io.tracestore.bench.spans;

import io.tracestore.migration.ImportListener;
import io.tracestore.migration.ImportReport;
import io.tracestore.migration.TraceFormat;
import io.tracestore.migration.TraceImporter;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Numbers of one store with a {@link SpanDataSet}.
 *
 * @param importTime how long the import of all spans took, from the file to the last batch
 * @param bytes what the data take in the store; -1 if it does not know
 * @param queries milliseconds of each asking, each about another trace
 */
public record SpanRun(Duration importTime, long bytes, Map<SpanQuery, List<Double>> queries) {
  private static final int WARM_UP = 5;
  private static final Duration WARM_UP_TIME = Duration.ofSeconds(2);
  private static final int ASKED = 25;

  /**
   * So often a question is asked at least that takes longer than {@link #PATIENCE}: fewer answers
   * have no interval.
   */
  private static final int LEAST_ASKED = 6;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final double NANOS_IN_MILLI = 1e6;

  /**
   * Imports {@code file} and asks.
   *
   * @param store empty; it stays open
   * @param file of {@link SpanDataSet#writeTo}
   * @param progress gets a line about each thing that is done
   * @throws TraceStoreException if the store does not keep all traces
   */
  public static SpanRun of(
      TraceStore store, SpanDataSet data, Path file, Consumer<String> progress) {
    long start = System.nanoTime();
    ImportReport report =
        TraceImporter.importFiles(store, List.of(file), TraceFormat.OTLP, ImportListener.NONE);
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    progress.accept("imported in %d s".formatted(time.toSeconds()));
    long there = store.count(TraceQuery.ALL);
    if (!report.isComplete() || there != data.traces()) {
      throw new TraceStoreException(
          "%s keeps %d of %d traces; measure with fewer: --traces"
              .formatted(store, there, data.traces()),
          null);
    }
    return new SpanRun(time, store.metrics().dataBytes(), ask(store, data, progress));
  }

  private static Map<SpanQuery, List<Double>> ask(
      TraceStore store, SpanDataSet data, Consumer<String> progress) {
    Map<SpanQuery, List<Double>> times = new EnumMap<>(SpanQuery.class);
    for (SpanQuery query : SpanQuery.values()) {
      long begin = System.nanoTime();
      List<Double> millis = ask(store, data, query);
      times.put(query, millis);
      progress.accept(
          "asked %d times %s in %d s"
              .formatted(
                  millis.size(),
                  query.title(),
                  Duration.ofNanos(System.nanoTime() - begin).toSeconds()));
    }
    return times;
  }

  private static List<Double> ask(TraceStore store, SpanDataSet data, SpanQuery query) {
    SplittableRandom random = new SplittableRandom(query.title().hashCode());
    List<Double> millis = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; millis.size() < ASKED; i++) {
      int number = random.nextInt(data.traces());
      long start = System.nanoTime();
      boolean late = start - begin > PATIENCE.toNanos();
      boolean isWarm = i >= WARM_UP && start - begin > WARM_UP_TIME.toNanos();
      if (late && millis.size() >= LEAST_ASKED) {
        break;
      }
      int found = query.ask(store, data, number);
      long nanos = System.nanoTime() - start;
      if (found == 0) {
        throw new TraceStoreException(
            "%s found nothing %s for trace %d, which is there"
                .formatted(store, query.title(), number),
            null);
      }
      if (isWarm || late) {
        millis.add(nanos / NANOS_IN_MILLI);
      }
    }
    return millis;
  }
}

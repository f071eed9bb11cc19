package io.tracestore.bench.app;

import io.tracestore.bench.Scratch;
import io.tracestore.bench.spans.SpanDataSet;
import io.tracestore.bench.spans.SpanQuery;
import io.tracestore.bench.spans.SpanRun;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures stores with spans in the shape in which others publish numbers. */
@Command(
    name = "spans",
    description = {
      "Import spans and search them, in the shape of Jaeger's published benchmark of ClickHouse.",
      "10 spans a trace, 11 attributes of 97 keys and 1,000 values, 10 services, 10 days. Each"
          + " store is measured in a place of its own, which is removed in the end. Without a URI:"
          + " sqlite."
    })
final class SpansCommand implements Callable<Integer> {
  private static final List<String> DEFAULT = List.of("sqlite:");
  private static final double NANOS = 1e9;
  private static final double MICROS_IN_MILLI = 1e3;

  private final PrintStream out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli sets it and shows the help
  private boolean help;

  @Option(
      names = "--traces",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many traces of 10 spans (${DEFAULT-VALUE}).")
  private int traces;

  @Mixin private MeasuredStores measured = new MeasuredStores();

  SpansCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    if (traces < 1) {
      throw new IllegalArgumentException("--traces must be positive: " + traces);
    }
    SpanDataSet data = new SpanDataSet(traces);
    try (Cleanup cleanup = Cleanup.begin(out)) {
      Map<String, String> targets =
          cleanup.step(() -> measured.targets(cleanup, measured.isEmpty() ? DEFAULT : List.of()));
      Path file = cleanup.temporary().resolve("spans.otlp.zst");
      cleanup.step(() -> {
        data.writeTo(file);
        return file;
      });
      out.println(
          "%s spans of OTLP in %s, packed"
              .formatted(Numbers.count(data.spans()), Numbers.bytes((double) Files.size(file))));
      Map<String, SpanRun> runs = new LinkedHashMap<>();
      for (Map.Entry<String, String> target : targets.entrySet()) {
        out.println("measuring " + target.getKey());
        runs.put(
            target.getKey(),
            cleanup.step(
                () -> run(target.getValue(), data, file, line -> out.println("  " + line))));
      }
      out.println();
      table(data, runs).forEach(out::println);
      out.println();
      out.println(Machine.here(cleanup.temporary()).summary());
    }
    return Main.OK;
  }

  private static SpanRun run(String uri, SpanDataSet data, Path file, Consumer<String> progress) {
    Scratch scratch = Scratch.of(uri, "spans");
    try (TraceStore store = scratch.open()) {
      return SpanRun.of(store, data, file, progress);
    } finally {
      scratch.remove();
    }
  }

  /** A row for each number, a column for each store. */
  static List<String> table(SpanDataSet data, Map<String, SpanRun> runs) {
    List<List<String>> rows = new ArrayList<>();
    int cores = Runtime.getRuntime().availableProcessors();
    rows.add(
        row(
            "spans a second and core",
            "",
            runs,
            run -> Numbers.count(data.spans() * NANOS / run.importTime().toNanos() / cores)));
    rows.add(
        row(
            "bytes a span",
            "",
            runs,
            run ->
                run.bytes() < 0
                    ? Numbers.UNKNOWN
                    : Numbers.count((double) run.bytes() / data.spans())));
    for (SpanQuery query : SpanQuery.values()) {
      rows.add(row(query.title(), "median", runs, run -> millis(interval(run, query).median())));
      rows.add(
          row(
              "",
              "95 % interval",
              runs,
              run -> {
                Interval interval = interval(run, query);
                return millis(interval.low()) + " to " + millis(interval.high());
              }));
    }
    List<String> columns = new ArrayList<>(List.of("Measured", ""));
    columns.addAll(runs.keySet());
    return ResultTable.lines(columns, rows);
  }

  private interface Figure {
    String of(SpanRun run);
  }

  private static List<String> row(
      String name, String kind, Map<String, SpanRun> runs, Figure figure) {
    List<String> row = new ArrayList<>(List.of(name, kind));
    runs.values().forEach(run -> row.add(figure.of(run)));
    return row;
  }

  private static Interval interval(SpanRun run, SpanQuery query) {
    return Interval.of(run.queries().getOrDefault(query, List.of()));
  }

  private static String millis(double millis) {
    return Numbers.micros(millis * MICROS_IN_MILLI);
  }
}

package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Table;
import io.tracestore.migration.SampleTraces;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import io.tracestore.view.Durations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what the store does, once, on sample traces. */
@Command(
    name = "demo",
    description = {
      "Store sample traces, query them, show one, and measure how long writing and reading takes.",
      "The store is a temporary SQLite file, removed at the end, unless a URI is given."
    })
final class DemoCommand extends BaseCommand {
  /** They are all kept in memory. */
  private static final int MAX_TRACES = 1_000_000;

  private static final int BATCH = 500;
  private static final int MAX_SINGLE_WRITES = 200;
  private static final int READS = 1000;
  private static final int QUERIES = 100;
  private static final int LISTED = 5;
  private static final int ROWS = 40;

  @Parameters(arity = "0..1", paramLabel = "URI", description = "The store to use.")
  private @Nullable String uri;

  @Option(
      names = "--traces",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many traces to store (${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the samples; the same seed makes the same traces (${DEFAULT-VALUE}).")
  private long seed;

  private final Map<String, Object> document = new LinkedHashMap<>();

  DemoCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (count < 1 || count > MAX_TRACES) {
      throw CommandFailedException.usage(
          "--traces must be 1 to %d: %d".formatted(MAX_TRACES, count), null);
    }
    if (uri != null) {
      runOn(uri);
      finish("the traces stay in " + StoreUri.redact(uri));
      return Cli.OK;
    }
    Path folder = Files.createTempDirectory("tracestore-demo");
    try {
      String path = folder.resolve("traces.db").toString();
      runOn("sqlite:" + StoreUri.percentEncode(path).replace("%2F", "/"));
    } finally {
      delete(folder);
    }
    finish("removed " + folder);
    return Cli.OK;
  }

  private void finish(String where) {
    if (isJson()) {
      printJson(document);
    } else {
      print("");
      print(where);
    }
  }

  private void runOn(String storeUri) {
    try (TraceStore store = Stores.open(storeUri)) {
      document.put("store", store.toString());
      say("store    " + store);
      List<FlowTrace> traces = SampleTraces.of(seed).next(count);
      Table times = new Table("", "CALLS", "P50", "P99", "TOTAL");
      write(store, traces, times);
      read(store, traces, times);
      List<FlowTrace> failed = query(store, times);
      if (!isJson()) {
        show(store, failed.isEmpty() ? traces : failed);
        print("");
        times.lines(console().tableColumns(), 0).forEach(this::print);
      }
    }
  }

  private void say(String line) {
    if (!isJson()) {
      print(line);
    }
  }

  private void write(TraceStore store, List<FlowTrace> traces, Table times) {
    int singles = Math.min(MAX_SINGLE_WRITES, traces.size() / 2);
    List<FlowTrace> batched = traces.subList(singles, traces.size());
    Latencies batches = new Latencies();
    for (int from = 0; from < batched.size(); from += BATCH) {
      List<FlowTrace> batch = batched.subList(from, Math.min(batched.size(), from + BATCH));
      batches.time(() -> store.storeTraces(batch));
    }
    Latencies single = new Latencies();
    traces.subList(0, singles).forEach(trace -> single.time(() -> store.storeTrace(trace)));
    long events = traces.stream().mapToLong(trace -> trace.events().size()).sum();
    document.put("traces", traces.size());
    document.put("events", events);
    say("stored   %d traces with %d events".formatted(traces.size(), events));
    report(
        "storeTraces(%d)".formatted(Math.min(BATCH, batched.size())),
        "write_batch",
        batches,
        times);
    report("storeTrace", "write", single, times);
  }

  private void read(TraceStore store, List<FlowTrace> traces, Table times) {
    Random random = new Random(seed);
    // The first reads measure the JVM, not the store.
    read(store, traces, random, READS);
    Latencies reads = read(store, traces, random, READS);
    report("getTrace", "read", reads, times);
  }

  private static Latencies read(
      TraceStore store, List<FlowTrace> traces, Random random, int times) {
    Latencies reads = new Latencies();
    for (int i = 0; i < times; i++) {
      FlowTrace wanted = traces.get(random.nextInt(traces.size()));
      reads.time(() -> store.getTrace(wanted.traceId()));
    }
    return reads;
  }

  private List<FlowTrace> query(TraceStore store, Table times) {
    TraceQuery failed =
        TraceQuery.builder().status(ExecutionStatus.Kind.FAILED).limit(LISTED).build();
    Latencies queries = new Latencies();
    for (int i = 0; i < QUERIES; i++) {
      queries.time(() -> store.queryTraces(failed));
    }
    report("queryTraces(failed, %d)".formatted(LISTED), "query", queries, times);
    List<FlowTrace> found = store.queryTraces(failed);
    say("found    %d failed, the newest of them:".formatted(store.count(failed)));
    if (!isJson()) {
      print("");
      TraceRows.print(console(), store, found);
      print("");
    }
    return found;
  }

  private void show(TraceStore store, List<FlowTrace> candidates) {
    FlowTrace chosen =
        candidates.stream().max(Comparator.comparingInt(t -> t.events().size())).orElseThrow();
    try (EventCursor events = store.openEvents(chosen.traceId(), EventRange.ALL)) {
      TraceView.print(console(), chosen, events, console().columns(), ROWS);
    }
  }

  private void report(String title, String name, Latencies latencies, Table times) {
    times.row(
        title,
        String.valueOf(latencies.count()),
        Durations.format(latencies.percentile(50)),
        Durations.format(latencies.percentile(99)),
        Durations.format(latencies.total()));
    document.put(
        name,
        Map.of(
            "calls", latencies.count(),
            "p50_us", micros(latencies.percentile(50)),
            "p99_us", micros(latencies.percentile(99))));
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

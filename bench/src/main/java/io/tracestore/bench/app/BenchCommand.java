package io.tracestore.bench.app;

import io.tracestore.TraceStores;
import io.tracestore.bench.Scratch;
import io.tracestore.bench.Targets;
import io.tracestore.bench.Workload;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import io.tracestore.spi.TraceStoreProvider;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures stores. */
@Command(
    name = "bench",
    description = {
      "Measure stores on this machine, and say which one fits.",
      "Without a URI: those that need nothing installed. A store of your own is measured in a"
          + " schema, key prefix or folder of its own, which is removed in the end."
    },
    footer = {
      "",
      "The folder holds results.json (JMH's format), report.html and what is needed to go on.",
      "Exit codes: 0 done (compare: no regression), 1 failed (compare: regressions), 2 wrong usage."
    })
final class BenchCommand implements Callable<Integer> {
  /** The embedded stores, in the order in which reports show them. */
  private static final List<String> EMBEDDED = List.of("mem", "sqlite", "chronicle");

  private final PrintStream out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli sets it and shows the help
  private boolean help;

  @Option(names = "--quick", description = "The most telling operations, in a few minutes.")
  private boolean quick;

  @Option(
      names = "--need",
      paramLabel = "NEED",
      description = "What to recommend for, such as durable,concurrency=50,events=1e8,analytics.")
  private String need = "";

  @Option(
      names = "--events",
      split = ",",
      paramLabel = "N",
      description = "How many events are in the store; everything is measured at the smallest.")
  private List<Integer> events = List.of();

  @Option(
      names = "--traces",
      paramLabel = "FILE",
      description = "Measure with the traces of this file; may be given several times.")
  private List<Path> traces = List.of();

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Measure only what this matches, as it is named in the progress.")
  private String only = "";

  @Option(names = "--output", paramLabel = "FOLDER", description = "Where results go.")
  private @Nullable Path output;

  @Option(
      names = "--continue",
      paramLabel = "FOLDER",
      description = "Go on with the run of that folder; give the other arguments again.")
  private @Nullable Path continued;

  @Mixin private MeasuredStores measured = new MeasuredStores();

  BenchCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    Need wanted = Need.parse(need);
    Effort effort = effort();
    List<Path> files = traces.stream().map(Path::toAbsolutePath).toList();
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        throw new IllegalArgumentException("--traces: there is no file " + file);
      }
    }
    if (!files.isEmpty()) {
      Workload.ofFiles(files);
    }
    try (Cleanup cleanup = Cleanup.begin(out)) {
      Map<String, String> targets = cleanup.step(() -> measured.targets(cleanup, embedded()));
      List<StoreFacts> stores = cleanup.step(() -> probe(targets));
      stores.stream()
          .filter(store -> !Plan.holds(store, effort))
          .forEach(store -> out.println(store.label() + " is not measured: it holds fewer events"));
      List<Cell> cells = Plan.of(stores, effort, Pattern.compile(only));
      if (cells.isEmpty()) {
        throw new IllegalArgumentException("--only matches nothing of the plan: " + only);
      }
      Path targetFile = cleanup.temporary().resolve("targets");
      Targets.write(targetFile, targets);
      RunFolder folder = RunFolder.at(folder());
      out.println("results go to " + folder.report().getParent());
      ForkRunner runner =
          new ForkRunner(
              effort,
              jvmArguments(cleanup.temporary(), targetFile, files),
              cleanup.temporary(),
              folder.logs());
      CellRunner guarded = cell -> cleanup.step(() -> runner.run(cell));
      try {
        Machine machine = Machine.here(cleanup.temporary());
        Json.write(folder.run(), ReflowJson.write(machine.toJson(stores)));
        JsonValue results = new BenchRun(folder, guarded, effort.ofCell(), out).run(cells);
        Reports.write(results, machine, stores, wanted, folder.report(), out);
      } catch (BenchException e) {
        throw new BenchException(
            "%s%nto go on, give the same arguments and --continue %s"
                .formatted(e.getMessage(), folder.report().getParent()),
            e);
      }
      out.println();
      out.println("report:  " + folder.report());
      out.println("results: " + folder.results());
    }
    return Main.OK;
  }

  private Effort effort() {
    Effort effort = quick ? Effort.QUICK : Effort.FULL;
    if (events.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException("--events must be positive: " + events);
    }
    return events.isEmpty() ? effort : effort.withSizes(events);
  }

  private Path folder() {
    if (continued != null) {
      if (!Files.isDirectory(continued)) {
        throw new IllegalArgumentException("--continue: there is no folder " + continued);
      }
      return continued;
    }
    if (output != null) {
      return output;
    }
    DateTimeFormatter format = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    return Path.of("tracestore-bench-" + LocalDateTime.now(ZoneOffset.UTC).format(format));
  }

  /** Those that need nothing installed, unless stores are named. */
  private List<String> embedded() {
    if (!measured.hasNoUri()) {
      return List.of();
    }
    List<String> there = TraceStores.providers().stream().map(TraceStoreProvider::scheme).toList();
    return EMBEDDED.stream().filter(there::contains).map(scheme -> scheme + ":").toList();
  }

  private List<StoreFacts> probe(Map<String, String> targets) {
    List<StoreFacts> stores = new ArrayList<>();
    targets.forEach((label, uri) -> {
      stores.add(StoreFacts.probe(label, uri));
      if (measured.isNamed(uri) && !Scratch.left(uri).isEmpty()) {
        out.println(
            "an earlier run has left something at %1$s; './tracestore bench clean %1$s' removes it"
                .formatted(label));
      }
    });
    return stores;
  }

  private static List<String> jvmArguments(Path temporary, Path targets, List<Path> files) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-Xms3g");
    arguments.add("-Xmx3g");
    arguments.add("-D%s=%s".formatted(Scratch.FOLDER_PROPERTY, temporary));
    arguments.add("-D%s=%s".formatted(Scratch.RUN_PROPERTY, Scratch.run()));
    arguments.add("-D%s=%s".formatted(Targets.FILE_PROPERTY, targets));
    if (!files.isEmpty()) {
      String paths =
          files.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
      arguments.add("-D%s=%s".formatted(Workload.FILES_PROPERTY, paths));
    }
    return arguments;
  }
}

package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.cli.terminal.Console;
import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.SampleTraces;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

/** The commands as a user runs them, on SQLite files. */
class CliTest {
  private static final List<FlowTrace> TRACES =
      SampleTraces.of(9).next(30).stream().sorted(FlowTrace.NEWEST_FIRST).toList();
  private static final String ZIPKIN_TRACE =
      """
      [{"traceId":"8ce82b2e9ed820ba","id":"1","name":"get /","kind":"SERVER",
        "timestamp":1543334727215550,"duration":900,"localEndpoint":{"serviceName":"front"}},
       {"traceId":"8ce82b2e9ed820ba","id":"2","parentId":"1","kind":"SERVER","name":"pay",
        "timestamp":1543334727215600,"duration":300,"localEndpoint":{"serviceName":"pay"},
        "tags":{"error":"declined"}}]
      """;

  @TempDir private Path folder;

  private Path samples = Path.of("");

  @BeforeEach
  void writeSamples() throws IOException {
    samples =
        Files.writeString(
            folder.resolve("samples.jsonl"),
            TRACES.stream().map(ReflowJson::write).collect(Collectors.joining("\n")));
  }

  private String db(String name) {
    return "sqlite:" + folder.resolve(name + ".db");
  }

  private String imported() {
    String uri = db("t");
    assertThat(CliRun.of("import", samples.toString(), uri).exitCode()).isZero();
    return uri;
  }

  private String zipkin() throws IOException {
    return Files.writeString(folder.resolve("zipkin.json"), ZIPKIN_TRACE).toString();
  }

  @Test
  void importingTwiceChangesNothing() throws IOException {
    String uri = db("z");
    CliRun first = CliRun.of("import", "--format", "zipkin", zipkin(), uri);
    CliRun query = CliRun.of("query", "--json", uri);
    CliRun second = CliRun.of("import", "--format", "zipkin", zipkin(), uri);

    assertThat(first).isEqualTo(new CliRun(0, "stored 1 trace with 7 events in " + uri + "\n", ""));
    assertThat(second).isEqualTo(first);
    assertThat(CliRun.of("query", "--json", uri)).isEqualTo(query);
  }

  @Test
  void anExportThatIsRestoredGivesTheSameQuery() {
    String uri = imported();
    String file = folder.resolve("backup.zst").toString();

    assertThat(CliRun.of("export", uri, file).exitCode()).isZero();
    assertThat(CliRun.of("restore", file, db("r")).exitCode()).isZero();

    assertThat(CliRun.of("query", "--json", db("r"))).isEqualTo(CliRun.of("query", "--json", uri));
  }

  @Test
  void queryWritesWholeTracesAsJson() {
    String uri = imported();

    assertThat(CliRun.of("query", "--json", uri).outLines())
        .extracting(ReflowJson::readTrace)
        .isEqualTo(TRACES);
  }

  @Test
  void filtersAreOptions() {
    String uri = imported();

    assertThat(CliRun.of("query", "--json", "--flow", "checkout", "--tag", "priority=normal", uri))
        .satisfies(run ->
            assertThat(run.outLines())
                .extracting(ReflowJson::readTrace)
                .isEqualTo(
                    TRACES.stream()
                        .filter(trace -> trace.flowId().equals("checkout"))
                        .filter(trace -> "normal".equals(trace.metadata().tags().get("priority")))
                        .toList()));
  }

  @Test
  void pagesFollowEachOther() {
    String uri = imported();
    CliRun first = CliRun.of("query", "--limit", "20", uri);
    String after = TRACES.get(19).traceId().toString();

    assertThat(first.err()).isEqualTo("more: --after " + after + "\n");
    assertThat(CliRun.of("query", "--json", "--after", after, uri).outLines())
        .extracting(ReflowJson::readTrace)
        .isEqualTo(TRACES.subList(20, 30));
  }

  @Test
  void aTraceIsShownAsATimeline() throws IOException {
    String uri = db("z");
    CliRun.of("import", zipkin(), uri);

    assertThat(CliRun.of("show", uri, "8ce82b2e9ed820ba").out())
        .isEqualTo(
            """
            front get /
            trace 00000000-0000-0000-8ce8-2b2e9ed820ba
            Completed
            2018-11-27T16:05:27.215550Z  900us  7 events  2 actors  1 failed
            source=zipkin  zipkin.trace_id=8ce82b2e9ed820ba

                                     0                          450us                 900us
            front get /        900us «█████████████████████████████████████████████████████
            └ ✗ ⇢ pay pay      300us    «██████████████████
                  declined

            ⇢ data flow   « received   » sent   ◆ state   • other   ✗ failed   … not ended
            """);
  }

  @Test
  void aTraceIsFoundByTheFirstDigitsOfItsIdIfOnlyOneHasThem() throws IOException {
    String uri = db("z");
    CliRun.of("import", zipkin(), uri);

    assertThat(CliRun.of("show", "--json", uri, "8ce82b2e9ed820ba"))
        .isEqualTo(CliRun.of("show", "--json", uri, "00000000-0000"))
        .extracting(CliRun::exitCode)
        .isEqualTo(0);
  }

  @Test
  void anUnknownTraceIsAFailure() {
    assertThat(CliRun.of("show", imported(), "00000000-0000-0000-0000-000000000001"))
        .isEqualTo(
            new CliRun(1, "", "tracestore: no such trace: 00000000-0000-0000-0000-000000000001\n"));
  }

  @Test
  void aBrokenFileIsNamedWithPlaceAndReasonAndWhatIsGoodIsStored() throws IOException {
    String file = zipkin();
    Files.writeString(Path.of(file), ZIPKIN_TRACE.strip().replaceFirst("]$", ",{\"traceId\":"));

    CliRun run = CliRun.of("import", "--json", file, db("z"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "tracestore: %s:5:43: the file ends in the middle of a value (truncated?)\n"
                .formatted(file));
    assertThat(run.out()).startsWith("{\"events\":7,\"passedOver\":{},\"read\":1,\"rejected\":1,");
  }

  @Test
  void statsCountWhatIsThere() {
    String uri = imported();
    long events = TRACES.stream().mapToLong(trace -> trace.events().size()).sum();

    assertThat(CliRun.of("stats", "--json", "--events", uri).out())
        .contains("\"traces\":30")
        .contains("\"events\":" + events)
        .contains("\"capabilities\":[\"ATOMIC\"");
  }

  @Test
  void statsTellWhatActorsDidAndWhoSendsToWhom() {
    String uri = imported();

    CliRun run = CliRun.of("stats", uri);
    assertThat(run.outLines())
        .anyMatch(
            line -> line.matches("ACTOR +EVENT +COUNT +MEASURED +AVERAGE +P95 +P99 +MAX +BYTES"))
        .noneMatch(line -> line.contains("METRIC"))
        .anyMatch(line -> line.matches("FROM +TO +MESSAGES +BYTES +ERRORS"));
    assertThat(CliRun.of("stats", "--json", "--bucket", "1h", uri).out())
        .contains("\"event_metrics\":[{\"actor\":\"")
        .contains("\"bucket\":\"2026-01-05T08:00:00Z\"")
        .contains("\"actor_graph\":[{\"bytes\":");
    assertThat(CliRun.of("stats", "--json", "--flow", "no such flow", uri).out())
        .contains("\"event_metrics\":[]")
        .contains("\"actor_graph\":[]");
    assertThat(CliRun.of("stats", "--bucket", "0s", uri).exitCode()).isEqualTo(2);
  }

  @Test
  void statsShowTheMetricsThatAreAskedForWithTheirNumberOfSamples() {
    String uri = db("measured");
    PerformanceMetrics some =
        PerformanceMetrics.builder().memoryUsageBytes(1_500).cpuUsagePercent(12.5f).build();
    PerformanceMetrics all = PerformanceMetrics.of(2_000, 500, 0, 3, 1e300);
    TraceEvent event = TraceEvent.builder(TraceEventType.ACTOR_COMPLETED, "a").build();
    try (TraceStore store = TraceStores.open(uri)) {
      for (PerformanceMetrics metrics : List.of(PerformanceMetrics.NONE, some, all)) {
        TraceEventData data = TraceEventData.builder().performanceMetrics(metrics).build();
        store.storeEvent(
            TraceId.random(), event.toBuilder().eventId(EventId.random()).data(data).build());
      }
    }

    assertThat(CliRun.of("stats", "--metrics", "all", uri).outLines())
        .containsSequence(
            "ACTOR  EVENT           COUNT  MEASURED  AVERAGE  P95  P99  MAX  BYTES",
            "a      ActorCompleted  3      1         2us      2us  2us  2us  0",
            "",
            "ACTOR  EVENT           METRIC      MEASURED  AVERAGE     MAX",
            "a      ActorCompleted  memory      2         1.0 kB      1.5 kB",
            "a      ActorCompleted  cpu         2         6.3 %       12.5 %",
            "a      ActorCompleted  queue       1         3.0         3.0",
            "a      ActorCompleted  throughput  1         1.0e+300/s  1.0e+300/s");
    assertThat(CliRun.of("stats", "--json", "--metrics", "cpu,queue", uri).out())
        .contains(
            """
            "cpu_usage_percent":{"average":6.25,"max":12.5,"measured":2},\
            "event_type":"ActorCompleted","events":3,\
            "execution_time_ns":{"average":2000.0,"max":2000,"measured":1,"p95":2000,"p99":2000},\
            "message_bytes":0,"queue_depth":{"average":3.0,"max":3,"measured":1}}\
            """);
    assertThat(CliRun.of("stats", "--metrics", "disk", uri).exitCode()).isEqualTo(2);
  }

  @Test
  void purgeRemovesWhatStartedBefore() {
    String uri = imported();

    assertThat(CliRun.of("purge", "--older-than", "36500d", uri).out())
        .startsWith("removed 0 traces before ");
    assertThat(CliRun.of("purge", "--json", "--before", "2262-01-01", uri).out())
        .contains("\"removed\":30");
    assertThat(CliRun.of("purge", uri).exitCode()).isEqualTo(2);
  }

  @Test
  void purgeCountsNoEventsWhoseTraceIsNotStored() {
    String uri = "sqlite:" + folder.resolve("early.db");
    TraceId early = TraceId.random();
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeEvent(early, TraceEvent.builder(TraceEventType.ACTOR_STARTED, "reader").build());
    }

    assertThat(CliRun.of("purge", "--dry-run", "--before", "2262-01-01", uri).out())
        .startsWith("would remove 0 traces before ");
    assertThat(CliRun.of("purge", "--before", "2262-01-01", uri).out())
        .startsWith("removed 0 traces before ");
    try (TraceStore store = TraceStores.open(uri)) {
      assertThat(store.getEvents(early)).isEmpty();
    }
  }

  @Test
  void aHealthCheckMayHaveALimit() {
    String uri = imported();

    assertThat(CliRun.of("health", "--timeout", "1m", uri).exitCode()).isZero();
    assertThat(CliRun.of("health", "--timeout", "soon", uri).exitCode()).isEqualTo(2);
  }

  @Test
  void aHealthyStoreSaysSo() {
    assertThat(CliRun.of("health", "--json", imported()).out()).contains("\"healthy\":true");
  }

  @Test
  void demoCleansUpAfterItself() {
    CliRun run = CliRun.of("demo", "--traces", "20");
    List<String> lines = run.outLines();

    assertThat(run.exitCode()).isZero();
    assertThat(lines.getLast()).startsWith("removed ");
    assertThat(Path.of(lines.getLast().substring("removed ".length()))).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "frob",
        "query",
        "query mem: --status odd",
        "query mem: --limit 0",
        "query mem: --from yesterday",
        "query mem: --min-duration long",
        "query nothing:here",
        "query mem:?maxTracs=5",
        "query no-uri",
        "show mem: not-an-id",
        "import --format odd a mem:",
        "import onlyone"
      })
  void wrongUsageIsOneLineAndExitCodeTwo(String line) {
    CliRun run = CliRun.of(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("tracestore: ").hasLineCount(1);
  }

  @Test
  void noErrorShowsAPassword() {
    String uri = "postgresql://me:hunter2@host/db?sslPassword=hunter2";

    assertThat(
            Stream.of("query", "stats", "frob")
                .map(command -> CliRun.of("--verbose", command, uri))
                .map(run -> run.out() + run.err()))
        .noneMatch(text -> text.contains("hunter2"));
    assertThat(CliRun.of("query", "--verbose", uri).err()).doesNotContain("hunter2");
  }

  @Test
  void verboseAddsTheStack() {
    String missing = "sqlite:" + folder.resolve("none/t.db") + "?create=false";

    assertThat(CliRun.of("query", missing).err()).hasLineCount(1);
    assertThat(CliRun.of("query", "--verbose", missing).err()).contains("at io.tracestore");
  }

  @Test
  void nobodyReadingTheOutputIsNoError() {
    String uri = imported();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };

    int exitCode = new Cli(new Console(closed, err, false, false, 80, false)).run("query", uri);

    assertThat(exitCode).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() {
    String uri = imported();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    int exitCode = new Cli(new Console(full, err, false, false, 80, false)).run("query", uri);

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("tracestore: cannot write the output: No space left on device\n");
  }

  @Test
  void coloursAreForTerminalsOnly() {
    String uri = imported();
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    new Cli(new Console(terminal, terminal, true, true, 80, true)).run("query", uri);

    assertThat(terminal.toString(StandardCharsets.UTF_8)).contains("\u001b[");
    assertThat(CliRun.of("query", uri).out()).doesNotContain("\u001b");
  }

  @Test
  void aCompletionScriptKnowsTheCommands() {
    assertThat(CliRun.of("completion").out()).contains("restore").contains("--min-duration");
  }

  /** Each part begins a new line on the screen. */
  @Test
  void everyPartOfACommandsDescriptionIsMadeOfWholeSentences() {
    assertThat(TracestoreCommand.class.getAnnotation(Command.class).subcommands())
        .filteredOn(BaseCommand.class::isAssignableFrom)
        .isNotEmpty()
        .allSatisfy(command ->
            assertThat(command.getAnnotation(Command.class).description())
                .as("%s", command)
                .allSatisfy(part -> assertThat(part).matches("(?s).*[.)]")));
  }
}

package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.SampleTraces;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that move traces: migrate, backup, export and restore. */
class MovingTest {
  private static final List<FlowTrace> TRACES = SampleTraces.of(21).next(40);
  private static final long EVENTS =
      TRACES.stream().mapToLong(trace -> trace.events().size()).sum();

  @TempDir private Path folder;

  private String source = "";
  private String target = "";

  @BeforeEach
  void fill() {
    source = db("source");
    target = db("target");
    try (TraceStore store = TraceStores.open(source)) {
      store.storeTraces(TRACES);
    }
  }

  private String db(String name) {
    return "sqlite:" + folder.resolve(name + ".db");
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static String content(String uri) {
    return CliRun.of("query", "--json", uri).out();
  }

  private static Map<String, JsonValue> json(CliRun run) {
    return ((JsonObject) ReflowJson.readValue(run.out())).members();
  }

  @Test
  void aVerifiedMigrationSaysWhatItMovedAndThatBothAreEqual() {
    CliRun run = CliRun.of("migrate", "--verify", source, target);

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines().getFirst())
        .startsWith(
            "moved 40 traces with %d events from %s to %s in ".formatted(EVENTS, source, target));
    assertThat(run.outLines().getLast()).isEqualTo("verified: both are equal");
    assertThat(content(target)).isEqualTo(content(source));
  }

  @Test
  void eventsThatCameBeforeTheirTraceAreMovedAndShown() {
    TraceId early = TraceId.random();
    List<TraceEvent> events = TRACES.getFirst().events().subList(0, 1);
    try (TraceStore store = TraceStores.open(source)) {
      store.storeEvents(early, events);
    }

    CliRun run = CliRun.of("migrate", "--verify", source, target);

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines().getFirst())
        .startsWith("moved 40 traces with %d events ".formatted(EVENTS))
        .endsWith(", 1 early event of 1 trace");
    assertThat(run.outLines())
        .endsWith("compared: 1 early event of 1 trace", "verified: both are equal");
    try (TraceStore store = TraceStores.open(target)) {
      assertThat(store.getEvents(early)).isEqualTo(events);
    }
    assertThat(json(CliRun.of("migrate", "--json", source, target)))
        .containsEntry("early_traces", JsonValue.of(1))
        .containsEntry("early_events", JsonValue.of(1));
    assertThat(CliRun.of("migrate", "--flow", "checkout", source, target).err())
        .isEqualTo(
            "tracestore: warning: the source has events whose trace is not stored; a migration with a filter leaves them out\n");
  }

  @Test
  void anExportForReflowHasCustomEventsOnlyIfAskedFor() throws IOException {
    TraceEvent custom =
        TraceEvent.builder(TraceEventType.custom("rated"), "actor")
            .timestamp(TRACES.getFirst().startTime())
            .build();
    try (TraceStore store = TraceStores.open(source)) {
      store.storeEvent(TRACES.getFirst().traceId(), custom);
    }

    CliRun lines = CliRun.of("export", "--layout", "LINES", source, path("lines"));
    CliRun asked =
        CliRun.of("export", "--layout", "ARRAY", "--custom-events", source, path("asked"));
    CliRun backup = CliRun.of("export", source, path("backup"));

    assertThat(lines)
        .isEqualTo(
            new CliRun(
                0,
                "wrote 40 traces with %d events to %s\n".formatted(EVENTS, path("lines")),
                "tracestore: left out 1 custom event, which no Reflow reads; --custom-events writes them\n"));
    assertThat(Files.readString(folder.resolve("lines"))).doesNotContain("\"Custom\"");
    assertThat(asked.err()).isEmpty();
    assertThat(Files.readString(folder.resolve("asked"))).contains("{\"Custom\":\"rated\"}");
    assertThat(backup.err()).isEmpty();
    CliRun.of("restore", path("backup"), target);
    assertThat(content(target)).isEqualTo(content(source));
  }

  @Test
  void theResultIsAJsonDocument() {
    Map<String, JsonValue> document =
        json(CliRun.of("migrate", "--json", "--verify", "--flow", "checkout", source, target));

    long checkouts = TRACES.stream().filter(t -> t.flowId().equals("checkout")).count();
    assertThat(document)
        .containsEntry("traces", JsonValue.of(checkouts))
        .containsEntry("kind", JsonValue.of("full"))
        .containsEntry("not_moved", JsonValue.of(0));
    assertThat(document.get("verification"))
        .asInstanceOf(InstanceOfAssertFactories.type(JsonObject.class))
        .satisfies(both -> assertThat(both.members()).containsEntry("equal", JsonValue.of(true)));
  }

  @Test
  void aSecondRunWithTheCheckpointCatchesUp() {
    CliRun.of("migrate", "--checkpoint", path("cp"), source, target);

    CliRun second = CliRun.of("migrate", "--checkpoint", path("cp"), source, target);

    assertThat(second.exitCode()).isZero();
    assertThat(second.out()).startsWith("caught up with ");
  }

  @Test
  void theCheckpointOfAnotherMigrationIsRefused() {
    CliRun.of("migrate", "--checkpoint", path("cp"), source, target);

    assertThat(CliRun.of("migrate", "--checkpoint", path("cp"), source, db("other")))
        .isEqualTo(
            new CliRun(
                1,
                "",
                "tracestore: the checkpoint %s belongs to a migration from %s to %s; name another file\n"
                    .formatted(path("cp"), source, target)));
  }

  @Test
  void aDryRunWritesNothing() {
    CliRun run = CliRun.of("migrate", "--dry-run", source, target);

    assertThat(run.out()).startsWith("would move 40 traces");
    assertThat(content(target)).isEmpty();
  }

  @Test
  void aTraceThatCannotBeMovedIsNamedAndIsAFailure() {
    FlowTrace other = TRACES.getFirst().toBuilder().flowId("another").build();
    try (TraceStore store = TraceStores.open(target)) {
      store.storeTrace(other);
    }

    CliRun run = CliRun.of("migrate", "--verify", source, target);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("tracestore: not moved: trace " + other.traceId())
        .contains("tracestore: differs: trace " + other.traceId() + ": flow");
    assertThat(run.out()).contains(", 1 not moved").contains("verified: 1 difference\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "migrate mem: mem:",
        "migrate mem:a mem:b --threads 0",
        "migrate mem:a mem:b --overlap soon",
        "migrate mem:a",
        "backup mem: copy.db",
        "export mem: file --format odd",
      })
  void wrongUsageIsOneLineAndExitCodeTwo(String line) {
    CliRun run = CliRun.of(line.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("tracestore: ").hasLineCount(1);
  }

  @Test
  void aBackupOpensAsAStore() {
    CliRun run = CliRun.of("backup", source, path("copy.db"));

    assertThat(run.exitCode()).isZero();
    assertThat(content(db("copy"))).isEqualTo(content(source));
  }

  @Test
  void aBackupDoesNotReplaceAFile() throws IOException {
    Files.writeString(folder.resolve("copy.db"), "mine");

    assertThat(CliRun.of("backup", source, path("copy.db")))
        .isEqualTo(
            new CliRun(
                1,
                "",
                "tracestore: %s exists; name a file that does not\n".formatted(path("copy.db"))));
  }

  @Test
  void nothingOfADamagedFileIsRestoredUnlessItIsToBeSalvaged() throws IOException {
    CliRun.of("export", source, path("b.jsonl"));
    List<String> lines = Files.readAllLines(folder.resolve("b.jsonl"));
    lines.set(3, lines.get(3).substring(0, 50));
    Files.write(folder.resolve("b.jsonl"), lines);

    CliRun refused = CliRun.of("restore", path("b.jsonl"), target);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("b.jsonl:4, line 1, column ")
        .endsWith("; nothing was stored (--salvage stores what is good)\n");
    assertThat(content(target)).isEmpty();

    CliRun salvaged = CliRun.of("restore", "--salvage", path("b.jsonl"), target);
    assertThat(salvaged.exitCode()).isEqualTo(1);
    assertThat(salvaged.out()).startsWith("stored 39 traces");
    assertThat(content(target).lines()).hasSize(39);
  }

  @Test
  void anExportForTracingToolsCanBeImported() {
    assertThat(CliRun.of("export", "--format", "otlp", source, path("o.json")).exitCode()).isZero();

    assertThat(CliRun.of("import", path("o.json"), target).out()).startsWith("stored 40 traces");
  }
}

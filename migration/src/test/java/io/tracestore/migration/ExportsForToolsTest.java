package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.chrome.ChromeWriter;
import io.tracestore.migration.jaeger.JaegerReader;
import io.tracestore.migration.jaeger.JaegerWriter;
import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.rows.EventRowWriter;
import io.tracestore.migration.spans.Imported;
import io.tracestore.migration.spans.Origin;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of flows have these forms in tools that are not for tracing alone. */
class ExportsForToolsTest {
  private static final Instant START = Instant.parse("2026-01-05T08:00:00.000000001Z");
  private static final List<FlowTrace> SAMPLES = SampleTraces.of(4).next(50);

  private static String written(
      Function<OutputStream, JsonTraceWriter> format, List<FlowTrace> traces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonTraceWriter writer = format.apply(out)) {
      traces.forEach(writer::write);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<Map<String, JsonValue>> chrome(List<FlowTrace> traces) {
    JsonObject file = (JsonObject) ReflowJson.readValue(written(ChromeWriter::new, traces));
    return ((JsonArray) Objects.requireNonNull(file.members().get("traceEvents")))
        .elements().stream().map(each -> ((JsonObject) each).members()).toList();
  }

  private static List<Map<String, JsonValue>> phase(
      List<Map<String, JsonValue>> events, String phase) {
    return events.stream().filter(each -> text(each, "ph").equals(phase)).toList();
  }

  private static String text(Map<String, JsonValue> object, String name) {
    return object.get(name) instanceof JsonString text ? text.value() : "";
  }

  private static BigDecimal number(Map<String, JsonValue> object, String name) {
    return ((JsonNumber) Objects.requireNonNull(object.get(name), name)).toBigDecimal();
  }

  private static TraceEvent.Builder event(TraceEventType type, String actor, int millis) {
    return TraceEvent.builder(type, actor).timestamp(START.plusMillis(millis));
  }

  private static FlowTrace trace(TraceEvent... events) {
    return FlowTrace.builder("etl")
        .startTime(START)
        .endTime(START.plusMillis(20))
        .events(List.of(events))
        .build();
  }

  @Test
  void in_chrome_flows_are_processes_actors_threads_and_data_flows_arrows() {
    FlowTrace trace =
        trace(
            event(TraceEventType.ACTOR_STARTED, "loader", 0).build(),
            event(TraceEventType.dataFlow("parser", "in"), "loader", 5).build(),
            event(TraceEventType.ACTOR_STARTED, "parser", 6).build(),
            event(TraceEventType.ACTOR_COMPLETED, "loader", 9).build(),
            event(TraceEventType.ACTOR_COMPLETED, "parser", 12).build());

    List<Map<String, JsonValue>> events = chrome(List.of(trace));

    assertThat(phase(events, "M"))
        .extracting(each -> text(each, "name") + " " + each.get("tid") + " " + each.get("args"))
        .hasSize(4)
        .first()
        .asString()
        .contains("etl " + trace.traceId());
    assertThat(phase(events, "X"))
        .extracting(
            each -> text(each, "name"),
            each -> number(each, "tid").intValue(),
            each -> number(each, "ts"),
            each -> number(each, "dur"))
        .containsExactly(
            tuple("etl", 1, new BigDecimal("1767600000000000.001"), new BigDecimal("20000.0")),
            tuple("loader", 2, new BigDecimal("1767600000000000.001"), new BigDecimal("9000.0")),
            tuple("parser", 3, new BigDecimal("1767600000006000.001"), new BigDecimal("6000.0")));
    assertThat(phase(events, "s"))
        .extracting(each -> number(each, "tid").intValue(), each -> number(each, "ts"))
        .containsExactly(tuple(2, new BigDecimal("1767600000005000.001")));
    assertThat(phase(events, "f"))
        .extracting(each -> number(each, "tid").intValue(), each -> number(each, "ts"))
        .containsExactly(tuple(3, new BigDecimal("1767600000006000.001")));
  }

  @Test
  void in_chrome_slices_of_one_thread_nest() {
    FlowTrace overlapping =
        trace(
            started("a", "s1", 0), started("a", "s2", 2), ended("a", "s1", 5), ended("a", "s2", 7));
    List<FlowTrace> traces = new ArrayList<>(SAMPLES);
    traces.add(overlapping);

    Map<String, List<Map<String, JsonValue>>> byThread = new HashMap<>();
    phase(chrome(traces), "X")
        .forEach(each ->
            byThread
                .computeIfAbsent(each.get("pid") + " " + each.get("tid"), t -> new ArrayList<>())
                .add(each));

    byThread.values().forEach(ExportsForToolsTest::assertNests);
    assertThat(written(ChromeWriter::new, List.of(overlapping))).contains("\"a #2\"");
  }

  private static TraceEvent started(String actor, String span, int millis) {
    return inSpan(event(TraceEventType.ACTOR_STARTED, actor, millis), span);
  }

  private static TraceEvent ended(String actor, String span, int millis) {
    return inSpan(event(TraceEventType.ACTOR_COMPLETED, actor, millis), span);
  }

  private static TraceEvent inSpan(TraceEvent.Builder event, String span) {
    EventId id = EventId.random();
    return event.eventId(id).causality(new CausalityInfo(null, id, List.of(), span)).build();
  }

  private static void assertNests(List<Map<String, JsonValue>> slices) {
    List<Map<String, JsonValue>> sorted = new ArrayList<>(slices);
    sorted.sort(
        Comparator.comparing((Map<String, JsonValue> each) -> number(each, "ts"))
            .thenComparing(each -> number(each, "dur"), Comparator.reverseOrder()));
    Deque<BigDecimal> ends = new ArrayDeque<>();
    for (Map<String, JsonValue> slice : sorted) {
      BigDecimal start = number(slice, "ts");
      BigDecimal end = start.add(number(slice, "dur"));
      while (!ends.isEmpty() && ends.peek().compareTo(start) <= 0) {
        ends.pop();
      }
      assertThat(ends.isEmpty() || end.compareTo(ends.peek()) <= 0).as(slice.toString()).isTrue();
      ends.push(end);
    }
  }

  @Test
  void a_row_is_one_line_with_the_columns_of_event_and_header() {
    TraceEvent event =
        event(TraceEventType.dataFlow("parser", "in"), "loader", 5)
            .data(TraceEventData.builder().port("out").attribute("rows", 7).build())
            .build();
    FlowTrace trace = trace(event);

    List<String> lines = written(EventRowWriter::new, List.of(trace)).lines().toList();

    assertThat(lines).hasSize(1);
    Map<String, JsonValue> row = ((JsonObject) ReflowJson.readValue(lines.getFirst())).members();
    assertThat(row)
        .containsEntry("event_index", JsonValue.of(0))
        .containsEntry("trace_id", JsonValue.of(trace.traceId().toString()))
        .containsEntry("flow_id", JsonValue.of("etl"))
        .containsEntry("trace_end", JsonValue.of("2026-01-05T08:00:00.020000001Z"))
        .containsEntry("event_id", JsonValue.of(event.eventId().toString()))
        .containsEntry("event_time_ns", JsonValue.of(1767600000005000001L))
        .containsEntry("event_type", JsonValue.of("DataFlow"))
        .containsEntry("to_actor", JsonValue.of("parser"))
        .containsEntry("port", JsonValue.of("out"))
        .containsEntry("error", JsonValue.NULL)
        .containsEntry("attributes", JsonValue.from(Map.of("rows", 7)));
  }

  @Test
  void every_event_is_a_row_and_a_trace_without_events_is_one_too() {
    List<FlowTrace> traces = new ArrayList<>(SAMPLES);
    traces.add(FlowTrace.builder("idle").startTime(START).build());

    List<JsonObject> rows =
        written(EventRowWriter::new, traces)
            .lines()
            .map(line -> (JsonObject) ReflowJson.readValue(line))
            .toList();

    assertThat(rows).hasSize(SAMPLES.stream().mapToInt(t -> t.events().size()).sum() + 1);
    assertThat(rows)
        .extracting(row -> row.members().keySet())
        .containsOnly(rows.getFirst().members().keySet());
    assertThat(rows.getLast().members())
        .containsEntry("flow_id", JsonValue.of("idle"))
        .containsEntry("event_id", JsonValue.NULL);
  }

  @Test
  void in_jaeger_every_actor_is_a_service_and_every_span_has_its_parent() {
    Imported imported =
        Imported.from(
            Origin.JAEGER,
            JaegerReader::new,
            1 << 28,
            written(JaegerWriter::new, SAMPLES).getBytes(StandardCharsets.UTF_8));

    assertThat(imported.rejections()).isEmpty();
    assertThat(imported.traces())
        .extracting(FlowTrace::traceId)
        .containsExactlyInAnyOrderElementsOf(SAMPLES.stream().map(FlowTrace::traceId).toList());
    for (FlowTrace trace : imported.traces()) {
      assertThat(Imported.events(trace, TraceEventType.ACTOR_STARTED))
          .filteredOn(start -> start.causality().parentEventId() == null)
          .hasSize(1);
    }
  }

  private static List<String> failuresByActor() {
    Map<String, Long> failures = new TreeMap<>();
    SAMPLES.stream()
        .flatMap(trace -> trace.events().stream())
        .filter(event -> event.eventType().equals(TraceEventType.ACTOR_FAILED))
        .forEach(event -> failures.merge(event.actorId(), 1L, Long::sum));
    return failures.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(each -> each.getKey() + " " + each.getValue())
        .toList();
  }

  /** The code of the first block of {@code language} after {@code start} in the documents. */
  private static String recipe(String start, String language) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "importing.md"));
    String rest = page.substring(page.indexOf(start));
    String fence = "```" + language + "\n";
    int begin = rest.indexOf(fence) + fence.length();
    return rest.substring(begin, rest.indexOf("```", begin));
  }

  private static boolean runs(String code) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", code).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> python(String code, Path file)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("python3", "-c", code, file.toString())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }

  @Test
  void the_recipe_for_python_reads_the_rows(@TempDir Path folder) throws Exception {
    assumeTrue(runs("import sqlite3"), "needs python3 with sqlite3");
    Path file = folder.resolve("events.jsonl");
    Files.writeString(file, written(EventRowWriter::new, SAMPLES));

    assertThat(python(recipe("### Rows of events", "python"), file))
        .isNotEmpty()
        .isEqualTo(failuresByActor());
  }

  @Test
  void the_recipe_for_duckdb_reads_the_rows(@TempDir Path folder) throws Exception {
    assumeTrue(runs("import duckdb"), "needs python3 with the package duckdb");
    Path file = folder.resolve("events.jsonl");
    Files.writeString(file, written(EventRowWriter::new, SAMPLES));
    String query =
        recipe("### Rows of events", "sql").replace("events.jsonl", file.toString()).strip();

    String code =
        "import duckdb\nfor row in duckdb.sql(\"\"\"%s\"\"\").fetchall(): print(*row)"
            .formatted(query);

    assertThat(python(code, file)).isNotEmpty().isEqualTo(failuresByActor());
  }
}

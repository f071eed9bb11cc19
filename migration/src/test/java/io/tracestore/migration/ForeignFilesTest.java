package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tracestore.migration.otlp.OtlpWriter;
import io.tracestore.migration.pieces.TracePieces;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.TraceSpans;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as other tools write them, with what is unusual about each; the values are made up. */
class ForeignFilesTest {
  @TempDir private Path folder;

  private final TraceStore store = MemoryConfig.of().open();

  @AfterEach
  void close() {
    store.close();
  }

  private Path copy(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = getClass().getResourceAsStream("cases/" + name)) {
      Files.write(file, Objects.requireNonNull(in, name).readAllBytes());
    }
    return file;
  }

  private ImportReport read(String... names) throws IOException {
    Path[] files = new Path[names.length];
    for (int i = 0; i < names.length; i++) {
      files[i] = copy(names[i]);
    }
    return TraceImporter.importFiles(store, Arrays.asList(files), null, ImportListener.NONE);
  }

  private List<String> messages(ImportReport report) {
    return report.firstRejections().stream()
        .map(rejection -> rejection.message().replace(folder + "/", ""))
        .toList();
  }

  private FlowTrace trace() {
    List<FlowTrace> all = store.queryTraces(TraceQuery.ALL);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private List<Span> spans(Origin origin) {
    return TraceSpans.of(trace(), origin);
  }

  @Test
  void a_span_reported_in_two_calls_keeps_what_both_say() throws IOException {
    read("F01-part1-zipkin.json");
    read("F01-part2-zipkin.json");

    assertThat(spans(Origin.ZIPKIN))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.tags())
              .isEqualTo(Map.of("oven", JsonValue.of("3"), "loaves", JsonValue.of("12")));
          assertThat(span.duration()).isEqualTo(2_000_000);
        });
  }

  @Test
  void two_calls_give_the_same_trace_as_one() throws IOException {
    read("F01-part1-zipkin.json");
    read("F01-part2-zipkin.json");
    FlowTrace inPieces = trace();
    store.deleteTrace(inPieces.traceId());
    read("F01-part1-zipkin.json", "F01-part2-zipkin.json");

    assertThat(trace()).isEqualTo(inPieces);
  }

  @Test
  void a_file_adds_to_a_span_of_which_only_events_are_stored_yet() throws IOException {
    read("F01-part1-zipkin.json", "F01-part2-zipkin.json");
    List<Span> whole = spans(Origin.ZIPKIN);
    store.deleteTrace(trace().traceId());
    read("F01-part1-zipkin.json");
    List<Span> live = spans(Origin.ZIPKIN);
    store.deleteTrace(trace().traceId());
    try (TracePieces pieces = new TracePieces(store, Duration.ofHours(1))) {
      assertThat(pieces.add(Origin.ZIPKIN, live)).isEmpty();
      read("F01-part2-zipkin.json");
    }

    assertThat(spans(Origin.ZIPKIN)).isEqualTo(whole);
  }

  @Test
  void a_later_child_of_a_stored_trace_is_added() throws IOException {
    read("F04-first-otlp.json");
    FlowTrace first = trace();
    ImportReport report = read("F04-later-otlp.json");

    assertThat(report.isComplete()).isTrue();
    assertThat(trace().startTime()).isEqualTo(first.startTime());
    assertThat(spans(Origin.OTLP))
        .extracting(Span::id, Span::parentId)
        .containsExactly(
            tuple("0000000000000001", null),
            tuple("0000000000000002", "0000000000000001"),
            tuple("0000000000000003", "0000000000000001"));
  }

  @Test
  void a_child_that_comes_before_its_root_is_not_lost() throws IOException {
    read("F04-later-otlp.json");
    FlowTrace child = trace();
    ImportReport report = read("F04-first-otlp.json");

    assertThat(report.isComplete()).isTrue();
    assertThat(trace().startTime()).isEqualTo(child.startTime());
    assertThat(spans(Origin.OTLP)).hasSize(3);
  }

  @Test
  void jaeger_spans_without_a_trace_around_them_are_read() throws IOException {
    ImportReport report = read("F02a-jaeger-spans-alone.json");

    assertThat(messages(report)).isEmpty();
    assertThat(spans(Origin.JAEGER)).singleElement().extracting(Span::service).isEqualTo("bakery");
  }

  @Test
  void jaeger_data_may_be_one_trace_in_place_of_a_list() throws IOException {
    ImportReport report = read("F02b-jaeger-data-object.json");

    assertThat(messages(report)).isEmpty();
    assertThat(spans(Origin.JAEGER)).singleElement().extracting(Span::service).isEqualTo("bakery");
  }

  @Test
  void zipkin_spans_of_the_first_version_are_converted() throws IOException {
    ImportReport report = read("F03-zipkin-v1.json");

    assertThat(messages(report)).isEmpty();
    assertThat(spans(Origin.ZIPKIN))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.kind()).isEqualTo("CLIENT");
          assertThat(span.service()).isEqualTo("shop");
          assertThat(span.remoteService()).isEqualTo("bakery");
          assertThat(span.duration()).isEqualTo(5_000_000);
          assertThat(span.tags()).isEqualTo(Map.of("http.path", JsonValue.of("/bread")));
          assertThat(span.annotations()).isEmpty();
        });
  }

  @Test
  void a_truncated_gzip_file_costs_itself_alone() throws IOException {
    ImportReport report = read("good-otlp.json", "F06-truncated-otlp.json.gz");

    assertThat(report.stored()).isEqualTo(1);
    assertThat(messages(report))
        .singleElement()
        .asString()
        .startsWith("F06-truncated-otlp.json.gz");
  }

  @Test
  void a_key_may_be_longer_than_a_parser_expects() throws IOException {
    String key = "k".repeat(60_000);
    Path file = folder.resolve("long.json");
    Files.writeString(
        file,
        """
        {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"11223344556677880102030405060708",
         "spanId":"0000000000000001","attributes":[{"key":"%s","value":{"stringValue":"x"}}]}]}]}]}
        """
            .formatted(key));
    TraceImporter.importFiles(store, List.of(file), null, ImportListener.NONE);

    assertThat(spans(Origin.OTLP))
        .singleElement()
        .satisfies(span -> assertThat(span.tags()).containsOnlyKeys(key));
  }

  @Test
  void a_parent_of_zeros_is_no_parent() throws IOException {
    ImportReport report = read("F10-zipkin-parent-zero.json");

    assertThat(messages(report)).isEmpty();
    assertThat(spans(Origin.ZIPKIN))
        .extracting(Span::id, Span::parentId)
        .containsExactlyInAnyOrder(
            tuple("0000000000000001", null), tuple("0000000000000002", "0000000000000001"));
  }

  @Test
  void a_time_may_be_written_as_a_text() throws IOException {
    read("F11a-zipkin-number-as-text.json");

    assertThat(spans(Origin.ZIPKIN))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.timestamp()).isEqualTo(1_760_000_000_000_000_000L);
          assertThat(span.duration()).isEqualTo(1_000_000);
        });
  }

  @Test
  void events_of_one_moment_keep_the_order_of_their_source() throws IOException {
    read("F12-events-same-time-otlp.json");

    assertThat(
            trace().events().stream()
                .filter(event -> event.eventType().equals(TraceEventType.NETWORK_EVENT))
                .map(event -> attribute(event, "otlp.annotation")))
        .containsExactly("line 1", "line 2", "line 3", "line 4", "line 5", "line 6");
  }

  private static String attribute(TraceEvent event, String name) {
    return event.data().customAttributes().get(name) instanceof JsonString text ? text.value() : "";
  }

  @Test
  void an_unknown_field_of_a_status_is_kept() throws IOException {
    read("F13-status-field-otlp.json");

    assertThat(spans(Origin.OTLP).getFirst().own())
        .containsEntry("status_other", JsonValue.from(Map.of("deprecatedCode", 5)));
  }

  @Test
  void warnings_of_a_trace_and_unknown_fields_of_a_log_are_kept() throws IOException {
    read("F13-trace-warnings-jaeger.json");

    Span span = spans(Origin.JAEGER).getFirst();
    assertThat(span.own())
        .containsEntry(
            "trace_other", JsonValue.from(Map.of("warnings", List.of("two spans were dropped"))));
    assertThat(span.annotations().getFirst().own())
        .containsEntry("other", JsonValue.from(Map.of("colour", "red")));
  }

  @Test
  void ids_may_be_written_in_base64() throws IOException {
    read("R01-otlp-base64-ids.json");

    assertThat(spans(Origin.OTLP))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.traceId()).isEqualTo("11223344556677880102030405060708");
          assertThat(span.id()).isEqualTo("0000000000000001");
        });
  }

  @Test
  void wrappings_of_other_tools_are_read() throws IOException {
    read("R02a-tempo-batches.json");
    assertThat(spans(Origin.OTLP)).hasSize(1);
    store.deleteTrace(trace().traceId());
    read("R02b-tempo-v2.json");

    assertThat(spans(Origin.OTLP)).hasSize(1);
  }

  @Test
  void frames_of_zstandard_after_their_lengths_are_read() throws IOException {
    ImportReport report = read("R03-fileexporter-zstd.json");

    assertThat(messages(report)).isEmpty();
    assertThat(report.stored()).isPositive();
  }

  @Test
  void lines_of_other_signals_are_passed_over_and_counted() throws IOException {
    ImportReport report = read("R04-mixed-signals.jsonl");

    assertThat(report.stored()).isEqualTo(1);
    assertThat(report.passedOver()).isEqualTo(Map.of("metrics", 1L));
    assertThat(report.isComplete()).isTrue();
  }

  @Test
  void a_broken_line_costs_that_line_alone() throws IOException {
    ImportReport report = read("R05-broken-line.jsonl");

    assertThat(messages(report))
        .containsExactly(
            "R05-broken-line.jsonl:2:151: not valid JSON: a text holds a control character");
    assertThat(spans(Origin.OTLP))
        .extracting(Span::id)
        .containsExactlyInAnyOrder("0000000000000001", "0000000000000003");
  }

  @Test
  void whole_objects_in_lines_of_their_own_may_be_parts_of_one_document() throws IOException {
    String trace =
        "{\"traceID\":\"%s\",\"spans\":[{\"traceID\":\"%s\",\"spanID\":\"1\"}],\"processes\":{}}";
    Path file = folder.resolve("lines.json");
    Files.writeString(
        file,
        "{\"data\":[\n%s,\n%s\n,\n%s\n]}\n"
            .formatted(
                trace.formatted("1", "1"), trace.formatted("2", "2"), trace.formatted("3", "3")));

    ImportReport report =
        TraceImporter.importFiles(store, List.of(file), null, ImportListener.NONE);

    assertThat(messages(report)).isEmpty();
    assertThat(report.stored()).isEqualTo(3);
  }

  @Test
  void half_a_surrogate_pair_is_repaired_visibly() throws IOException {
    ImportReport report = read("R06-half-emoji-otlp.json");

    assertThat(messages(report)).isEmpty();
    assertThat(spans(Origin.OTLP))
        .hasSize(2)
        .filteredOn(span -> span.own().containsKey("repaired_text"))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.tags()).containsEntry("note", JsonValue.of("warm \uFFFD"));
          assertThat(span.own()).containsEntry("repaired_text", JsonValue.of(true));
        });
  }

  @Test
  void bytes_that_are_not_utf8_are_repaired_visibly() throws IOException {
    byte[] text =
        "[{\"traceId\":\"1\",\"id\":\"2\",\"name\":\"caf# \u00e9\"}]"
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '#') {
        text[i] = (byte) 0xE9; // Latin 1
      }
    }
    Path file = Files.write(folder.resolve("latin.json"), text);
    TraceImporter.importFiles(store, List.of(file), null, ImportListener.NONE);

    assertThat(spans(Origin.ZIPKIN))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.name()).isEqualTo("caf\uFFFD \u00e9");
          assertThat(span.own()).containsEntry("repaired_text", JsonValue.of(true));
        });
  }

  @Test
  void two_spans_with_one_id_keep_it() throws IOException {
    read("R10-same-span-id-otlp.json");

    assertThat(spans(Origin.OTLP))
        .extracting(Span::id)
        .containsExactlyInAnyOrder("0000000000000001", "0000000000000002", "0000000000000002");
  }

  @Test
  void a_time_that_makes_no_sense_costs_the_time_and_not_the_span() throws IOException {
    Path zipkin =
        Files.writeString(
            folder.resolve("z.json"),
            "[{\"traceId\":\"1\",\"id\":\"2\",\"timestamp\":-5,\"duration\":\"x\"}]");
    ImportReport report =
        TraceImporter.importFiles(store, List.of(zipkin), null, ImportListener.NONE);

    assertThat(messages(report)).isEmpty();
    assertThat(spans(Origin.ZIPKIN))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.timestamp()).isNull();
          assertThat(span.duration()).isNull();
          assertThat(span.own())
              .containsEntry("timestamp_invalid", JsonValue.of(-5))
              .containsEntry("duration_invalid", JsonValue.of("x"));
        });
  }

  @Test
  void a_file_without_spans_is_reported() throws IOException {
    Path file = Files.writeString(folder.resolve("nothing.json"), "{\"resourceSpans\":[]}");
    ImportReport report =
        TraceImporter.importFiles(store, List.of(file), null, ImportListener.NONE);

    assertThat(messages(report)).containsExactly("nothing.json: holds no span");
  }

  private String exported() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OtlpWriter writer = new OtlpWriter(out)) {
      store.queryTraces(TraceQuery.ALL).forEach(writer::write);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "F04-first-otlp.json",
        "F08-unknown-fields-otlp.json",
        "F12-events-same-time-otlp.json",
        "F13-status-field-otlp.json",
        "R01-otlp-base64-ids.json",
        "R06-half-emoji-otlp.json",
        "R10-same-span-id-otlp.json"
      })
  void otlp_goes_out_and_comes_in_again_without_loss(String name) throws IOException {
    read(name);
    FlowTrace before = trace();
    String first = exported();
    store.deleteTrace(before.traceId());
    Path file = Files.writeString(folder.resolve("exported.json"), first);
    TraceImporter.importFiles(store, List.of(file), null, ImportListener.NONE);

    assertThat(trace()).isEqualTo(before);
    assertThat(exported()).isEqualTo(first);
  }

  @Test
  void otlp_has_a_place_for_processes_links_and_bytes_of_jaeger() throws IOException {
    read("F09-jaeger-process-links-binary.json");

    assertThat(exported())
        .contains("{\"key\":\"host.name\",\"value\":{\"stringValue\":\"oven-7\"}}")
        .contains("{\"key\":\"blob\",\"value\":{\"bytesValue\":\"AAEC\"}}")
        .contains("\"traceId\":\"0000000000000000aabbccddeeff0011\"")
        .contains("\"spanId\":\"0000000000000009\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F08-unknown-fields-jaeger.json", "F08-unknown-fields-zipkin.json"})
  void otlp_keeps_unknown_fields_of_other_formats_in_attributes(String name) throws IOException {
    read(name);

    assertThat(exported()).contains("\"colour\"").contains("\"red\"");
  }
}

package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.spans.Fixtures;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.mem.EvictionPolicy;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceImporterTest {
  private static final List<FlowTrace> TRACES = SampleTraces.of(5).next(20);
  private static final String SPAN = "{\"traceId\":\"1\",\"id\":\"2\"}";

  @TempDir private Path folder;

  private TraceStore store = MemoryConfig.of().open();

  @AfterEach
  void close() {
    store.close();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static String lines(List<FlowTrace> traces) {
    return traces.stream().map(ReflowJson::write).collect(Collectors.joining("\n"));
  }

  private ImportReport importFiles(@Nullable TraceFormat format, Path... files) {
    return TraceImporter.importFiles(store, List.of(files), format, ImportListener.NONE);
  }

  private List<String> messages(ImportReport report) {
    return report.firstRejections().stream()
        .map(rejection -> rejection.message().replace(folder + "/", ""))
        .toList();
  }

  @Test
  void theFormatOfEachFileIsFoundOut() throws IOException {
    ImportReport report =
        importFiles(null, file("spans", "\n\n[[" + SPAN + "]]"), file("traces", lines(TRACES)));

    assertThat(report.stored()).isEqualTo(21);
    assertThat(report.isComplete()).isTrue();
  }

  @Test
  void messagesOfReflowsProtocolAreImportedAsTheTracesThatTheyCarry() throws IOException {
    String found =
        "{\"TracesFound\":{\"traces\":[%s]}}"
            .formatted(lines(TRACES.subList(0, 3)).replace('\n', ','));
    String stored = "{\"StoreTrace\":{\"trace\":%s}}".formatted(lines(TRACES.subList(3, 4)));

    ImportReport report = importFiles(null, file("found", found), file("stored", stored));

    assertThat(report.isComplete()).isTrue();
    assertThat(store.queryTraces(TraceQuery.ALL))
        .containsExactlyInAnyOrderElementsOf(TRACES.subList(0, 4));
  }

  @Test
  void filesOfSpansOfEveryFormatAreImportedTogether() throws IOException {
    byte[] protobuf =
        TracesData.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .addScopeSpans(
                        ScopeSpans.newBuilder()
                            .addSpans(
                                Span.newBuilder()
                                    .setTraceId(ByteString.copyFrom(new byte[] {9}))
                                    .setSpanId(ByteString.copyFrom(new byte[] {2})))))
            .build()
            .toByteArray();

    ImportReport report =
        importFiles(
            null,
            file("zipkin", SPAN),
            file("otlp", Fixtures.text("otlp.json")),
            Files.write(folder.resolve("protobuf"), protobuf),
            file("jaeger", Fixtures.text("jaeger.json")));

    assertThat(messages(report)).isEmpty();
    assertThat(report.stored()).isEqualTo(4);
    assertThat(store.queryTraces(TraceQuery.ALL))
        .extracting(trace -> trace.metadata().tags().get("source"))
        .containsExactlyInAnyOrder("zipkin", "otlp", "otlp", "jaeger");
  }

  @Test
  void aFileOfAnotherFormatThanSaidIsRefused() throws IOException {
    ImportReport report =
        importFiles(TraceFormat.REFLOW, file("spans", SPAN), file("traces", lines(TRACES)));

    assertThat(messages(report)).containsExactly("spans: holds zipkin, not reflow as said");
    assertThat(report.stored()).isEqualTo(20);
  }

  @Test
  void aFileThatIsNoJsonIsRefused() throws IOException {
    assertThat(messages(importFiles(null, file("notes", "hello world"))))
        .containsExactly("notes:1:1: not valid JSON: unexpected text 'hello'");
  }

  @Test
  void aFileOfJsonThatHoldsNoTracesIsRefused() throws IOException {
    assertThat(messages(importFiles(null, file("numbers", "[1, 2]"))))
        .containsExactly("numbers:1:2: no field tells a format of traces");
  }

  @Test
  void aFileThatIsNotThereIsRefusedAndTheOthersAreRead() throws IOException {
    ImportReport report = importFiles(null, folder.resolve("gone"), file("spans", SPAN));

    assertThat(messages(report)).containsExactly("gone: no such file");
    assertThat(report.stored()).isEqualTo(1);
  }

  @Test
  void aFileThatHoldsNothingIsNoSuccess() throws IOException {
    assertThat(importFiles(null, file("none", "[]")).firstRejections())
        .extracting(Rejection::message)
        .singleElement()
        .asString()
        .endsWith("none: holds no trace");
  }

  @Test
  void aTraceThatTheStoreRefusesIsReportedAndTheOthersAreStored() throws IOException {
    FlowTrace other = TRACES.get(3).toBuilder().flowId("another flow").build();
    store.storeTrace(other);

    ImportReport report = importFiles(null, file("traces", lines(TRACES)));

    assertThat(report.stored()).isEqualTo(19);
    assertThat(messages(report))
        .containsExactly(
            ("traces: trace 4: not stored: trace %s is stored with another flow id, and no write"
                    + " changes that; give this trace an id of its own, or delete the stored one"
                    + " first")
                .formatted(other.traceId()));
  }

  @Test
  void aStoreThatTakesNothingEndsTheImportWithWhatWasDone() throws IOException {
    store.close();
    store = MemoryConfig.of().maxTraces(5).evictionPolicy(EvictionPolicy.NONE).open();
    Path first = file("first", lines(TRACES.subList(0, 5)));
    importFiles(null, first);
    Path second = file("second", lines(TRACES.subList(5, 10)));

    assertThatThrownBy(() -> importFiles(null, second))
        .isInstanceOfSatisfying(
            ImportFailedException.class, e -> assertThat(e.report().rejected()).isEqualTo(5));
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(5);
  }

  @Test
  void theListenerHearsEveryRejection() throws IOException {
    List<Rejection> heard = new ArrayList<>();
    String wrong = "{\"traceId\":1}\n".repeat(150);

    ImportReport report =
        TraceImporter.importFiles(
            store,
            List.of(file("spans", wrong)),
            null,
            new ImportListener() {
              @Override
              public void rejected(Rejection rejection) {
                heard.add(rejection);
              }
            });

    assertThat(report.rejected()).isEqualTo(150);
    assertThat(heard).hasSize(150).startsWith(report.firstRejections().getFirst());
    assertThat(report.firstRejections()).hasSize(ImportReport.SHOWN_REJECTIONS);
  }

  @Test
  void anInterruptEndsTheImport() throws IOException {
    Path file = file("traces", lines(TRACES));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> importFiles(null, file))
        .isInstanceOf(ImportFailedException.class)
        .hasMessage("interrupted while importing");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anInterruptDoesNotCutOffTheBatchThatIsBeingStored() throws IOException {
    Path file = file("traces", lines(TRACES));
    Thread importing = Thread.currentThread();
    TraceStore interrupted =
        Intercepted.store(
            store,
            (method, arguments, call) -> {
              if (method.equals("storeTraces")) {
                importing.interrupt();
              }
              return call.call();
            });

    ImportReport report =
        TraceImporter.importFiles(interrupted, List.of(file), null, ImportListener.NONE);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.stored()).isEqualTo(TRACES.size());
    assertThat(report.rejected()).isZero();
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(TRACES.size());
  }
}

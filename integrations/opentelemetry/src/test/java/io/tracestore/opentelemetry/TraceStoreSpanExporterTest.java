package io.tracestore.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracestore.TraceStores;
import io.tracestore.migration.ImportListener;
import io.tracestore.migration.TraceFormat;
import io.tracestore.migration.TraceImporter;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exporter in OpenTelemetry's own SDK. */
class TraceStoreSpanExporterTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final String OTHER_TRACE = "0102030405060708090a0b0c0d0e0f10";
  private static final String OTHER_SPAN = "0102030405060708";

  @TempDir Path folder;

  private final TraceStore store = TraceStores.open("mem:");
  private final TraceStoreSpanExporter exporter = TraceStoreSpanExporter.create(store, NEVER);

  @AfterEach
  void close() {
    exporter.close();
    store.close();
  }

  /** Keeps what it is given. */
  private static final class Kept implements SpanExporter {
    private final List<SpanData> spans = new ArrayList<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
      spans.addAll(batch);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private static SdkTracerProvider service(String name, SpanExporter exporter) {
    return SdkTracerProvider.builder()
        .setResource(
            Resource.create(
                Attributes.of(
                    AttributeKey.stringKey("service.name"),
                    name,
                    AttributeKey.longKey("process.pid"),
                    42L)))
        .setSpanLimits(SpanLimits.builder().setMaxNumberOfEvents(2).build())
        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
        .build();
  }

  private static SpanContext elsewhere() {
    return SpanContext.createFromRemoteParent(
        OTHER_TRACE,
        OTHER_SPAN,
        TraceFlags.getSampled(),
        TraceState.builder().put("a", "1").put("b", "2").build());
  }

  /** A trace of a service that has one of everything a span can hold. */
  private static List<SpanData> fullTrace() {
    Kept kept = new Kept();
    try (SdkTracerProvider provider = service("shop", kept)) {
      Tracer tracer =
          provider.tracerBuilder("instrumentation").setInstrumentationVersion("1.2").build();
      Span root =
          tracer
              .spanBuilder("GET /cart")
              .setSpanKind(SpanKind.SERVER)
              .setAttribute("text", "cart \uD83D\uDED2")
              .setAttribute("flag", true)
              .setAttribute("whole", Long.MIN_VALUE)
              .setAttribute("double", 1.0)
              .setAttribute("not a number", Double.NaN)
              .setAttribute(AttributeKey.stringArrayKey("texts"), List.of("a", ""))
              .setAttribute(AttributeKey.longArrayKey("none"), List.of())
              .setAttribute(
                  AttributeKey.valueKey("nested"),
                  Value.of(
                      KeyValue.of("bytes", Value.of(new byte[] {1, 2, 3})),
                      KeyValue.of("list", Value.of(Value.of(1), Value.of("two"))),
                      KeyValue.of("empty", Value.empty())))
              .addLink(elsewhere(), Attributes.of(AttributeKey.stringKey("why"), "retry"))
              .addLink(
                  SpanContext.create(
                      OTHER_TRACE, OTHER_SPAN, TraceFlags.getDefault(), TraceState.getDefault()))
              .startSpan();
      Span child =
          tracer
              .spanBuilder("SELECT")
              .setParent(Context.root().with(root))
              .setSpanKind(SpanKind.CLIENT)
              .setAttribute("peer.service", "postgres")
              .startSpan();
      child.addEvent("sent", Attributes.of(AttributeKey.longKey("bytes"), 12L));
      child.addEvent("received");
      child.addEvent("dropped");
      child.recordException(new IllegalStateException("no disk"));
      child.setStatus(StatusCode.ERROR, "no disk");
      child.end();
      root.setStatus(StatusCode.OK);
      root.end();
    }
    return kept.spans;
  }

  private static TraceId id(Span span) {
    return id(span.getSpanContext());
  }

  private static TraceId id(SpanData span) {
    return id(span.getSpanContext());
  }

  private static TraceId id(SpanContext span) {
    ByteBuffer bytes = ByteBuffer.wrap(span.getTraceIdBytes());
    return new TraceId(new UUID(bytes.getLong(), bytes.getLong()));
  }

  /** The request that OpenTelemetry's own exporter sends for {@code spans}, in a file. */
  private Path sent(List<SpanData> spans) throws Exception {
    Path file = folder.resolve("sent.pb");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        call -> {
          Files.write(file, call.getRequestBody().readAllBytes());
          call.sendResponseHeaders(200, -1);
          call.close();
        });
    server.start();
    try (SpanExporter otlp =
        OtlpHttpSpanExporter.builder()
            .setEndpoint("http://127.0.0.1:%d/v1/traces".formatted(server.getAddress().getPort()))
            .build()) {
      assertThat(otlp.export(spans).join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
    } finally {
      server.stop(0);
    }
    return file;
  }

  @Test
  void a_trace_is_what_an_import_of_opentelemetrys_own_export_makes() throws Exception {
    List<SpanData> spans = fullTrace();
    TraceId id = id(spans.getFirst());

    assertThat(exporter.export(spans).isSuccess()).isTrue();
    assertThat(exporter.flush().isSuccess()).isTrue();

    try (TraceStore imported = TraceStores.open("mem:")) {
      TraceImporter.importFiles(
          imported, List.of(sent(spans)), TraceFormat.OTLP, new ImportListener() {});
      assertThat(store.getTrace(id)).isEqualTo(imported.getTrace(id)).isPresent();
    }
  }

  @Test
  void an_attribute_has_its_name_and_value() {
    List<SpanData> spans = fullTrace();
    exporter.export(spans);

    assertThat(store.getEvents(id(spans.getFirst())))
        .filteredOn(event ->
            event.eventType().equals(TraceEventType.ACTOR_STARTED)
                && "GET /cart".equals(event.data().port()))
        .singleElement()
        .satisfies(start ->
            assertThat(start.data().customAttributes())
                .containsEntry("text", JsonValue.of("cart \uD83D\uDED2"))
                .containsEntry("whole", JsonValue.of(Long.MIN_VALUE)));
  }

  @Test
  void a_half_of_a_surrogate_pair_is_replaced_and_the_span_says_so() {
    Span span;
    try (SdkTracerProvider provider = service("shop", exporter)) {
      span = provider.get("test").spanBuilder("bad \uD83D text").startSpan();
      span.end();
    }

    TraceEvent start = store.getTrace(id(span)).orElseThrow().events().getFirst();
    assertThat(start.data().port()).isEqualTo("bad \uFFFD text");
    assertThat(start.data().customAttributes())
        .containsEntry("otlp.repaired_text", JsonValue.of(true));
  }

  @Test
  void events_are_stored_at_once_and_the_trace_when_its_root_has_ended() {
    try (SdkTracerProvider provider = service("shop", exporter)) {
      Tracer tracer = provider.get("test");
      Span root = tracer.spanBuilder("root").startSpan();
      tracer.spanBuilder("child").setParent(Context.root().with(root)).startSpan().end();
      exporter.flush();
      assertThat(store.getEvents(id(root))).hasSize(2);
      assertThat(store.getTrace(id(root))).isEmpty();

      root.end();
      exporter.flush();

      FlowTrace trace = store.getTrace(id(root)).orElseThrow();
      assertThat(trace.flowId()).isEqualTo("shop root");
      assertThat(trace.events()).hasSize(4);
      assertThat(trace.status()).isEqualTo(ExecutionStatus.completed());
    }
  }

  @Test
  void spans_of_two_services_make_one_trace() {
    try (SdkTracerProvider shop = service("shop", exporter);
        SdkTracerProvider stock = service("stock", exporter)) {
      Span call = shop.get("test").spanBuilder("buy").setSpanKind(SpanKind.CLIENT).startSpan();
      stock
          .get("test")
          .spanBuilder("reserve")
          .setSpanKind(SpanKind.SERVER)
          .setParent(Context.root().with(call))
          .startSpan()
          .end();
      call.end();
      exporter.flush();

      FlowTrace trace = store.getTrace(id(call)).orElseThrow();
      assertThat(trace.flowId()).isEqualTo("shop buy");
      assertThat(trace.events())
          .filteredOn(
              event -> event.eventType().equals(TraceEventType.dataFlow("stock", "reserve")))
          .extracting(TraceEvent::actorId)
          .containsExactly("shop");
    }
  }

  @Test
  void a_trace_whose_root_runs_elsewhere_is_complete_after_a_shutdown() {
    Span part;
    try (SdkTracerProvider provider = service("shop", exporter)) {
      part =
          provider
              .get("test")
              .spanBuilder("part")
              .setParent(Context.root().with(Span.wrap(elsewhere())))
              .startSpan();
      part.end();
    }

    assertThat(store.getTrace(id(part))).get().extracting(FlowTrace::flowId).isEqualTo("shop part");
  }

  @Test
  void spans_that_reflow_made_are_the_trace_that_they_were() {
    Kept kept = new Kept();
    Span flow;
    try (SdkTracerProvider provider = service("reflow", kept)) {
      Tracer tracer = provider.get("reflow_tracing");
      flow =
          tracer
              .spanBuilder("flow:etl")
              .setAttribute("reflow.flow_id", "etl")
              .setAttribute("reflow.status", "Completed")
              .startSpan();
      tracer
          .spanBuilder("ActorStarted:reader")
          .setParent(Context.root().with(flow))
          .setAttribute("reflow.actor_id", "reader")
          .setAttribute("reflow.event_type", "ActorStarted")
          .startSpan()
          .end();
      flow.end();
    }

    exporter.export(kept.spans);

    FlowTrace trace = store.getTrace(id(flow)).orElseThrow();
    assertThat(trace.flowId()).isEqualTo("etl");
    assertThat(trace.events())
        .extracting(TraceEvent::actorId, TraceEvent::eventType)
        .containsExactly(tuple("reader", TraceEventType.ACTOR_STARTED));
  }

  @Test
  void a_shutdown_stores_what_waits_in_the_sdk_and_closes_the_store_that_it_opened() {
    String uri = "sqlite:" + folder.resolve("traces.db");
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(
                BatchSpanProcessor.builder(TraceStoreSpanExporter.open(uri, NEVER))
                    .setScheduleDelay(NEVER)
                    .build())
            .build();
    Span span = provider.get("test").spanBuilder("work").startSpan();
    span.end();

    assertThat(provider.shutdown().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();

    try (TraceStore reopened = TraceStores.open(uri)) {
      assertThat(reopened.getTrace(id(span))).isPresent();
    }
  }

  @Test
  void a_store_that_was_given_stays_open_at_a_shutdown() {
    exporter.shutdown();

    assertThat(store.count(TraceQuery.ALL)).isZero();
  }

  @Test
  void after_a_shutdown_nothing_is_exported() {
    exporter.shutdown();

    assertThat(exporter.export(fullTrace()).isSuccess()).isFalse();
    assertThat(exporter.flush().isSuccess()).isTrue();
    assertThat(exporter.shutdown().isSuccess()).isTrue();
  }

  @Test
  void what_the_store_did_not_take_is_a_failure_that_says_why() {
    store.close();

    CompletableResultCode result = exporter.export(fullTrace());

    assertThat(result.isSuccess()).isFalse();
    assertThat(result.getFailureThrowable()).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void the_first_failure_in_a_row_is_a_warning() {
    List<Level> levels = new ArrayList<>();
    Logger log = Logger.getLogger(TraceStoreSpanExporter.class.getName());
    log.setFilter((LogRecord line) -> {
      levels.add(line.getLevel());
      return false;
    });
    log.setLevel(Level.FINE);
    try {
      store.close();
      exporter.export(fullTrace());
      exporter.export(fullTrace());
    } finally {
      log.setFilter(null);
      log.setLevel(null);
    }

    assertThat(levels).containsExactly(Level.WARNING, Level.FINE);
  }

  @Test
  void a_span_that_no_trace_can_hold_is_a_failure_and_the_others_are_stored() {
    Value<?> deep = Value.of(1);
    for (int i = 0; i <= JsonValue.MAX_DEPTH; i++) {
      deep = Value.of(deep);
    }
    Kept kept = new Kept();
    Span good;
    try (SdkTracerProvider provider = service("shop", kept)) {
      Tracer tracer = provider.get("test");
      tracer
          .spanBuilder("deep")
          .setAttribute(AttributeKey.valueKey("deep"), deep)
          .startSpan()
          .end();
      good = tracer.spanBuilder("good").startSpan();
      good.end();
    }

    CompletableResultCode result = exporter.export(kept.spans);

    assertThat(result.getFailureThrowable()).hasMessageStartingWith("1 of 2 spans were refused: ");
    assertThat(store.getEvents(id(good))).hasSize(2);
  }
}

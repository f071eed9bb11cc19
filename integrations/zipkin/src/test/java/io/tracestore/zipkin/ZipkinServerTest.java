package io.tracestore.zipkin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.testing.Chromium;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.codec.SpanBytesDecoder;
import zipkin2.reporter.AsyncReporter;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** A stock Zipkin server on SQLite, to which Zipkin's own reporter sends. */
class ZipkinServerTest {
  private static final String TRACE = "463ac35c9f6413ad48485a3953bb6124";
  private static final long NOW_MICROS = System.currentTimeMillis() * 1000;
  private static final Span PLACE_ORDER =
      span("1", null, "place order", Span.Kind.SERVER, "web-shop", 0, 182_000)
          .putTag("http.method", "POST")
          .putTag("http.path", "/orders")
          .build();
  private static final List<Span> SPANS =
      List.of(
          PLACE_ORDER,
          span("2", "1", "reserve", Span.Kind.CLIENT, "web-shop", 12_000, 64_000).build(),
          span("2", "1", "reserve", Span.Kind.SERVER, "stock", 15_000, 55_000)
              .shared(true)
              .addAnnotation(NOW_MICROS + 31_000, "lock taken")
              .build(),
          span("3", "2", "select", Span.Kind.CLIENT, "stock", 20_000, 38_000)
              .remoteEndpoint(Endpoint.newBuilder().serviceName("postgresql").build())
              .build(),
          span("4", "1", "charge", Span.Kind.CLIENT, "web-shop", 80_000, 97_000)
              .remoteEndpoint(Endpoint.newBuilder().serviceName("payments").build())
              .putTag("error", "card declined, second try")
              .build());

  @TempDir private static Path folder;
  private static ZipkinServer server;

  private static Span.Builder span(
      String id,
      @Nullable String parent,
      String name,
      Span.Kind kind,
      String service,
      long offset,
      long duration) {
    return Span.newBuilder()
        .traceId(TRACE)
        .id(id)
        .parentId(parent)
        .name(name)
        .kind(kind)
        .timestamp(NOW_MICROS + offset)
        .duration(duration)
        .localEndpoint(Endpoint.newBuilder().serviceName(service).build());
  }

  private static String store() {
    return "sqlite:" + folder.resolve("traces.db");
  }

  @BeforeAll
  static void startAndReport() throws IOException {
    server = ZipkinServer.start(store());
    try (BytesMessageSender sender =
            URLConnectionSender.newBuilder().endpoint(server.url("/api/v2/spans")).build();
        AsyncReporter<Span> reporter = AsyncReporter.create(sender)) {
      SPANS.forEach(reporter::report);
      reporter.flush();
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (server != null) {
      server.stop();
    }
  }

  private static byte[] get(String path) throws IOException {
    try (InputStream in = URI.create(server.url(path)).toURL().openStream()) {
      return in.readAllBytes();
    }
  }

  @Test
  void the_server_gives_back_the_spans_that_were_reported() throws Exception {
    assertThat(SpanBytesDecoder.JSON_V2.decodeList(get("/api/v2/trace/" + TRACE)))
        .containsExactlyInAnyOrderElementsOf(SPANS);
  }

  @Test
  void the_server_finds_traces_by_their_service() throws Exception {
    assertThat(new String(get("/api/v2/services"), StandardCharsets.UTF_8))
        .isEqualTo("[\"stock\",\"web-shop\"]");
    assertThat(new String(get("/api/v2/traces?serviceName=stock"), StandardCharsets.UTF_8))
        .contains(TRACE);
  }

  @Test
  void the_server_is_healthy_as_long_as_the_store_is() throws Exception {
    assertThat(new String(get("/health"), StandardCharsets.UTF_8))
        .contains("\"TracestoreStorage{" + store() + "}\"")
        .doesNotContain("DOWN");
  }

  @Test
  void its_page_shows_the_trace() throws Exception {
    Chromium browser = Chromium.orSkip(folder);

    String page = browser.dom(server.url("/zipkin/traces/" + TRACE)).output();

    assertThat(page).containsIgnoringCase("web-shop").containsIgnoringCase("place order");
    String picture = System.getProperty("tracestore.docs.pictures");
    if (picture != null) {
      var unused =
          browser.screenshot(
              server.url("/zipkin/traces/" + TRACE), Path.of(picture), "--window-size=1280,720");
      assertThat(Files.size(Path.of(picture))).isLessThan(200_000);
    }
  }
}

package io.tracestore.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to a browser. */
class PagesTest {
  private TraceStore store;

  @BeforeEach
  void openStore() {
    store = TraceStores.open("mem:");
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static HttpResponse<String> get(TraceServer server, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return SocketClient.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private TraceServer server() {
    return TraceServer.builder(store).port(0).start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/flows", "/actors"})
  void pages_may_load_from_their_server_only_and_run_nothing_inside(String path) throws Exception {
    try (TraceServer server = server()) {
      HttpResponse<String> page = get(server, path);

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("Content-Security-Policy"))
          .contains(
              "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src"
                  + " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
      assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
      assertThat(page.body()).startsWith("<!doctype html>").doesNotContain("style=", "onclick=");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "page.css, text/css; charset=utf-8",
    "page.js, text/javascript; charset=utf-8",
    "icon.svg, image/svg+xml; charset=utf-8",
  })
  void a_page_s_parts_are_served(String name, String type) throws Exception {
    try (TraceServer server = server()) {
      HttpResponse<String> part = get(server, "/assets/" + name);

      assertThat(part.statusCode()).isEqualTo(200);
      assertThat(part.headers().firstValue("Content-Type")).contains(type);
    }
  }

  @Test
  void filters_are_parameters_of_the_address() throws Exception {
    store.storeTrace(FlowTrace.builder("orders").status(ExecutionStatus.completed()).build());
    store.storeTrace(FlowTrace.builder("signup").status(ExecutionStatus.failed("x")).build());
    try (TraceServer server = server()) {
      assertThat(get(server, "/?status=Failed").body())
          .contains(">signup<")
          .doesNotContain(">orders<");
    }
  }

  @Test
  void a_form_with_empty_fields_leads_to_the_address_without_them() throws Exception {
    try (TraceServer server = server()) {
      HttpResponse<String> answer = get(server, "/?flow=a+b&status=&tag=&tag=k%3Dv");

      assertThat(answer.statusCode()).isEqualTo(303);
      assertThat(answer.headers().firstValue("Location")).contains("/?flow=a%20b&tag=k%3Dv");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/?status=done, 400",
    "/?nothing=1, 400",
    "/?from=yesterday, 400",
    "/traces/x, 404",
    "/traces/00000000-0000-0000-0000-000000000001, 404",
    "/assets/../page.css, 404",
    "/assets/nothing, 404",
  })
  void what_is_not_there_or_not_valid_is_refused(String path, int status) throws Exception {
    try (TraceServer server = server()) {
      assertThat(get(server, path).statusCode()).isEqualTo(status);
    }
  }

  @Test
  void a_trace_of_which_only_events_came_is_shown_as_running() throws Exception {
    TraceId id = TraceId.random();
    try (TraceServer server = server();
        SocketClient reflow = SocketClient.connect(server)) {
      String unused = reflow.ask(Messages.record(id, Messages.event("reader")));

      assertThat(get(server, "/traces/" + id).body()).contains("Running").contains("reader");
      assertThat(get(server, "/").body()).contains(id.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"any:s3cret, 200", ":s3cret, 200", "s3cret, 200", "any:wrong, 401", "s3cret:, 401"})
  void a_browser_shows_the_token_as_the_password(String credentials, int status) throws Exception {
    String encoded =
        Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    try (TraceServer server = TraceServer.builder(store).port(0).token("s3cret").start()) {
      HttpResponse<String> asked = get(server, "/");
      assertThat(asked.statusCode()).isEqualTo(401);
      assertThat(asked.headers().allValues("WWW-Authenticate"))
          .containsExactly(
              "Bearer",
              "Basic realm=\"Tracestore: any name, and the token as the password\", charset=\"UTF-8\"");

      assertThat(get(server, "/", "Authorization", "Basic " + encoded).statusCode())
          .isEqualTo(status);
      assertThat(get(server, "/", "Authorization", "Basic %%%").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void a_page_of_another_site_gets_nothing() throws Exception {
    try (TraceServer server = server()) {
      assertThat(get(server, "/", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
    }
  }
}

package io.tracestore.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceStore;
import io.tracestore.view.TracePage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages, as Chromium shows them. */
class PageInBrowserTest {
  private static final Instant START = Instant.parse("2026-01-05T08:00:00Z");
  private static final String HOSTILE =
      "</script></style><img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>\u202e\u0007";

  @TempDir private static Path folder;
  private static Browser browser;

  private TraceStore store;
  private TraceServer server;

  @BeforeAll
  static void startBrowser() throws Exception {
    browser = Browser.start(folder);
  }

  @AfterAll
  static void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void serve() throws Exception {
    store = TraceStores.open("mem:?maxEventsPerTrace=10000");
    server = TraceServer.builder(store).port(0).start();
    browser.screen(1280, 900, false);
    browser.open("about:blank");
    List<String> unused = browser.problems();
  }

  @AfterEach
  void stop() {
    server.close();
    store.close();
  }

  private String address(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.port(), path);
  }

  private static FlowTrace trace(String flow, List<TraceEvent> events, ExecutionStatus status) {
    return FlowTrace.builder(flow)
        .startTime(START)
        .endTime(status.kind().isTerminal() ? START.plusSeconds(1) : null)
        .status(status)
        .events(events)
        .build();
  }

  private static TraceEvent work(String actor) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, actor).timestamp(START).build();
  }

  @Test
  void a_filter_that_is_filled_in_leads_to_an_address_that_shows_the_same_again() throws Exception {
    store.storeTrace(trace("orders", List.of(), ExecutionStatus.completed()));
    store.storeTrace(trace("signup", List.of(), ExecutionStatus.failed("no mail")));
    browser.open(address("/"));
    assertThat(browser.eval("document.querySelectorAll('tbody tr').length")).isEqualTo("2");

    browser.follow(
        "document.getElementById('f-flow').value = 'orders', document.forms[0].requestSubmit()");

    assertThat(browser.eval("location.pathname + location.search")).isEqualTo("/?flow=orders");
    assertThat(browser.eval("document.querySelector('tbody').innerText"))
        .contains("orders")
        .doesNotContain("signup");
    assertThat(browser.eval("document.getElementById('f-flow').value")).isEqualTo("orders");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void a_line_of_a_trace_opens_with_the_keyboard_and_shows_what_its_events_carry()
      throws Exception {
    TraceEventData data =
        TraceEventData.builder()
            .message(
                MessageSnapshot.of("Order", Bytes.of("hello".getBytes(StandardCharsets.UTF_8))))
            .build();
    FlowTrace trace =
        trace(
            "orders",
            List.of(
                TraceEvent.builder(TraceEventType.MESSAGE_SENT, "reader")
                    .timestamp(START)
                    .data(data)
                    .build()),
            ExecutionStatus.completed());
    store.storeTrace(trace);
    browser.open(address("/traces/" + trace.traceId()));
    assertThat(browser.eval("document.querySelector('.row pre').checkVisibility()"))
        .isEqualTo("false");

    String unused = browser.eval("document.querySelector('.row summary').focus()");
    browser.pressEnter();

    browser.await("document.querySelector('.row details').open");
    assertThat(browser.eval("document.querySelector('.row pre').innerText")).isEqualTo("hello");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void a_running_trace_is_followed_until_it_ends_and_stays_open_where_it_was_opened()
      throws Exception {
    TraceId id = TraceId.random();
    try (SocketClient reflow = SocketClient.connect(server)) {
      reflow.send(Messages.start(id, "live"));
      reflow.send(Messages.record(id, work("first")));
      browser.open(address("/traces/" + id));
      browser.await("document.querySelectorAll('.row').length === 1");
      String unused = browser.eval("document.querySelector('.row details').open = true");

      reflow.send(Messages.record(id, work("second")));
      browser.await("document.querySelectorAll('.row').length === 2");
      assertThat(browser.eval("document.querySelectorAll('.row details[open]').length"))
          .isEqualTo("1");

      reflow.send(Messages.end(id, "\"Completed\""));
      browser.await("document.querySelector('h1').innerText.includes('Completed')");
      browser.await("!document.querySelector('.live')");
    }
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void the_list_shows_a_trace_that_came_later() throws Exception {
    browser.open(address("/"));
    assertThat(browser.eval("document.querySelector('#result').innerText"))
        .contains("No traces yet");

    store.storeTrace(trace("late", List.of(), ExecutionStatus.completed()));

    browser.await("document.querySelector('#result').innerText.includes('late')");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void texts_of_a_hostile_program_do_nothing() throws Exception {
    TraceEventData data =
        TraceEventData.builder()
            .port(HOSTILE)
            .message(
                MessageSnapshot.of(
                    HOSTILE, Bytes.of(HOSTILE.repeat(10_000).getBytes(StandardCharsets.UTF_8))))
            .error(HOSTILE)
            .attribute(HOSTILE, HOSTILE)
            .build();
    FlowTrace trace =
        trace(
                HOSTILE,
                List.of(
                    TraceEvent.builder(TraceEventType.dataFlow(HOSTILE, HOSTILE), HOSTILE)
                        .timestamp(START)
                        .data(data)
                        .build(),
                    TraceEvent.builder(TraceEventType.custom(HOSTILE), HOSTILE.repeat(10_000))
                        .timestamp(START)
                        .data(data)
                        .build()),
                ExecutionStatus.failed(HOSTILE))
            .toBuilder()
            .metadata(TraceMetadata.builder().environment(HOSTILE).tag(HOSTILE, HOSTILE).build())
            .build();
    store.storeTrace(trace);

    for (String path : new String[] {"/", "/flows", "/actors", "/traces/" + trace.traceId()}) {
      browser.open(address(path));
      assertThat(browser.eval("typeof window.hacked")).as(path).isEqualTo("undefined");
      assertThat(browser.eval("document.images.length")).as(path).isEqualTo("0");
      assertThat(browser.eval("document.scripts.length")).as(path).isEqualTo("1");
      assertThat(browser.eval("document.body.innerText")).as(path).contains("window.hacked=1");
      assertThat(browser.problems()).as(path).isEmpty();
    }
  }

  @Test
  void a_trace_of_10_000_events_is_shown_in_parts_and_whole_in_a_file() throws Exception {
    List<TraceEvent> events = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      EventId id = EventId.random();
      events.add(
          TraceEvent.builder(TraceEventType.NETWORK_EVENT, "actor-" + i % 7)
              .eventId(id)
              .timestamp(START.plusNanos(i * 100_000L))
              .causality(CausalityInfo.root(id))
              .build());
    }
    FlowTrace trace = trace("long", events, ExecutionStatus.completed());
    store.storeTrace(trace);

    browser.open(address("/traces/" + trace.traceId()));
    assertThat(browser.eval("document.querySelectorAll('.row').length")).isEqualTo("500");
    browser.follow(
        "[...document.querySelectorAll('.pages a')].find((each) => each.innerText.includes('Later')).click()");
    assertThat(browser.eval("location.search + location.hash")).isEqualTo("?page=2#timeline");
    assertThat(browser.eval("document.querySelector('.pages').innerText")).contains("Part 2 of 20");

    Path file = folder.resolve("long.html");
    StringBuilder page = new StringBuilder();
    TracePage.writeFile(trace, page);
    Files.writeString(file, page);
    browser.open(file.toUri().toString());
    assertThat(browser.eval("document.querySelectorAll('.row').length")).isEqualTo("10000");
    // Lines out of sight are not laid out: that is what keeps it smooth.
    assertThat(browser.eval("getComputedStyle(document.querySelector('.row')).contentVisibility"))
        .isEqualTo("auto");
    assertThat(browser.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"390, true", "390, false", "1280, true"})
  void no_page_is_wider_than_the_window(int width, boolean isDark) throws Exception {
    FlowTrace trace =
        trace(
            "a-flow-with-a-name-that-is-too-long-for-a-telephone-".repeat(5),
            List.of(work("x".repeat(300))),
            ExecutionStatus.failed("e".repeat(500)));
    store.storeTrace(trace);
    browser.screen(width, 900, isDark);
    for (String path : new String[] {"/", "/flows", "/actors", "/traces/" + trace.traceId()}) {
      browser.open(address(path));
      assertThat(browser.eval("document.documentElement.scrollWidth"))
          .as(path)
          .isEqualTo("" + width);
    }
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void with_a_token_the_page_works_for_who_knows_it() throws Exception {
    server.close();
    server = TraceServer.builder(store).port(0).token("s3cret").start();
    FlowTrace trace = trace("orders", List.of(), ExecutionStatus.running());
    store.storeTrace(trace);

    browser.knowPassword("s3cret");

    browser.open(address("/traces/" + trace.traceId()));
    browser.await("document.querySelector('h1').innerText.includes('orders')");
    store.storeEvent(trace.traceId(), work("reader"));

    browser.await("document.querySelectorAll('.row').length === 1");
    assertThat(browser.problems()).isEmpty();
  }
}

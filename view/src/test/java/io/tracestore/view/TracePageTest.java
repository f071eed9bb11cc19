package io.tracestore.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracePageTest {
  private static final Pattern ROW = Pattern.compile("<li [^>]*class=\"row[^>]*>");
  private static final Pattern TAG = Pattern.compile("<[^>]*>");

  private static String file(io.tracestore.model.FlowTrace trace) {
    StringBuilder out = new StringBuilder();
    TracePage.writeFile(trace, out);
    return out.toString();
  }

  private static String text(String html) {
    return TAG.matcher(html).replaceAll(" ").replaceAll("\\s+", " ");
  }

  @Test
  void a_trace_says_how_it_ended_and_its_numbers() {
    String text = text(TracePage.html(Traces.failed(), 0));

    assertThat(text)
        .contains("orders ✗ Failed disk full")
        .contains(
            "Started (UTC) 2026-01-05 08:00:00.000 Took 100ms Events 5 Actors 2 Failures 1 Messages"
                + " 1.2 kB")
        .contains("Environment test")
        .contains("team blue");
  }

  @Test
  void a_row_stands_below_its_cause_and_has_a_bar_from_its_start_to_its_end() {
    String html = TracePage.html(Traces.failed(), 0);

    assertThat(ROW.matcher(html).results().map(row -> row.group()))
        .containsExactly(
            "<li id=\"e-%s\" class=\"row d0\">".formatted(Traces.id(1)),
            "<li id=\"e-%s\" class=\"row d1 failed\">".formatted(Traces.id(2)));
    // The trace is 100 ms long: the reader works from 10 to 50 ms, the writer from 30 to 40 ms.
    assertThat(html)
        .contains("<rect class=\"work\" x=\"100\" y=\"4\" width=\"400\" height=\"12\">")
        .contains("<rect class=\"bad\" x=\"300\" y=\"4\" width=\"100\" height=\"12\">");
  }

  @Test
  void an_event_links_to_what_caused_it() {
    assertThat(TracePage.html(Traces.failed(), 0))
        .contains("<a href=\"#e-%s\"><bdi>writer</bdi> ActorStarted</a>".formatted(Traces.id(2)));
  }

  @Test
  void messages_between_actors_are_added_up() {
    assertThat(text(TracePage.html(Traces.failed(), 0)))
        .contains("From To Messages Size Errors reader writer 1 1.2 kB 0");
  }

  @Test
  void a_running_trace_is_followed_by_the_script_and_a_finished_one_is_not() {
    var running =
        Traces.trace(
            ExecutionStatus.running(),
            Traces.event(1, null, TraceEventType.ACTOR_STARTED, "reader", TraceEventData.EMPTY));

    assertThat(TracePage.html(running, 0)).contains("data-live=\"trace\"").contains("not ended");
    assertThat(TracePage.html(Traces.failed(), 0)).doesNotContain("data-live");
  }

  @Test
  void a_trace_without_events_says_so() {
    assertThat(text(TracePage.html(Traces.trace(ExecutionStatus.running()), 0)))
        .contains("No events yet.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</style></script><svg/onload=alert(1)>",
        "javascript:alert(1)",
        "&lt;b&gt;",
      })
  void no_text_of_a_trace_becomes_markup(String hostile) {
    var trace = Traces.of(hostile);
    String plain = TracePage.html(Traces.of("plain"), 0);
    for (String html : new String[] {TracePage.html(trace, 0), file(trace)}) {
      String tags = String.join("", TAG.matcher(html).results().map(tag -> tag.group()).toList());
      assertThat(tags).doesNotContain("<script>", "<img", "onload=", "onerror=a", "onmouseover=");
      assertThat(html).doesNotContain("href=\"javascript");
    }
    // Not a tag more or less than with a harmless text.
    assertThat(TAG.matcher(TracePage.html(trace, 0)).results().count())
        .isEqualTo(TAG.matcher(plain).results().count());
  }

  @Test
  void directions_and_control_characters_are_shown_and_not_obeyed() {
    assertThat(TracePage.html(Traces.of("a\u202eb\u0007"), 0))
        .contains("<bdi>a\ufffdb\u2407</bdi>")
        .doesNotContain("\u202e", "\u0007");
  }

  @Test
  void a_long_value_is_cut_and_says_how_long_it_is() {
    String html = TracePage.html(Traces.of("y".repeat(1_000_000)), 0);

    assertThat(html)
        .contains("(2,000 of 1,000,000 characters)")
        .contains("the first 2.0 kB of 1.0 MB");
    assertThat(html.length()).isLessThan(60_000);
  }

  @Test
  void bytes_that_are_no_text_are_shown_in_hexadecimal() {
    var data =
        TraceEventData.builder()
            .message(
                io.tracestore.model.MessageSnapshot.of(
                    "Blob", io.tracestore.model.Bytes.of((byte) 0xff, (byte) 0, (byte) 0x7f)))
            .build();
    var trace =
        Traces.trace(
            ExecutionStatus.completed(),
            Traces.event(1, null, TraceEventType.MESSAGE_SENT, "a", data));

    assertThat(TracePage.html(trace, 0)).contains(">ff 00 7f</pre>");
  }

  @Test
  void a_long_trace_is_shown_in_parts_of_500_events_that_hold_each_event_once() {
    var trace = Traces.ofEvents(1_200);

    assertThat(ROW.matcher(TracePage.html(trace, 0)).results().count()).isEqualTo(500);
    assertThat(ROW.matcher(TracePage.html(trace, 2)).results().count()).isEqualTo(200);
    assertThat(TracePage.html(trace, 99)).isEqualTo(TracePage.html(trace, 2));
    assertThat(text(TracePage.html(trace, 1))).contains("‹ Earlier Part 2 of 3 Later ›");
  }

  @Test
  void a_file_has_the_whole_timeline_and_needs_nothing_else() {
    String html = file(Traces.ofEvents(1_200));

    assertThat(ROW.matcher(html).results().count()).isEqualTo(1_200);
    assertThat(html)
        .containsPattern("http-equiv=\"Content-Security-Policy\" content=\"default-src &#x27;none")
        .doesNotContain("<script", "href=\"/", "src=", "@import", "url(");
  }
}

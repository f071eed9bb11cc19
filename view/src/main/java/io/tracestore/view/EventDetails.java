package io.tracestore.view;

import static j2html.TagCreator.a;
import static j2html.TagCreator.code;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.span;
import static j2html.TagCreator.strong;
import static j2html.TagCreator.text;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.Bytes;
import io.tracestore.model.EventId;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType.DataFlow;
import j2html.tags.DomContent;
import j2html.tags.specialized.PreTag;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everything that one event carries. Long values are cut, and say how long they are. */
final class EventDetails {
  private static final int MAX_TEXT = 2000;
  private static final int MAX_BINARY = 256;
  private static final int MAX_ATTRIBUTES = 50;
  private static final int BYTES_OF_A_LINE = 16;

  private final TimelineRows rows;

  /** The address of a row, given the page that it stands on. */
  private final Function<TimelineRows.Row, String> address;

  EventDetails(TimelineRows rows, Function<TimelineRows.Row, String> address) {
    this.rows = rows;
    this.address = address;
  }

  DomContent of(TraceEvent event) {
    List<DomContent> facts = new ArrayList<>();
    if (event.data().port() != null) {
      facts.add(Html.fact("Port", Html.valueOrEmpty(event.data().port())));
    }
    if (event.eventType() instanceof DataFlow flow) {
      facts.add(
          Html.fact("To", each(Html.value(flow.toActor()), text(" "), Html.value(flow.toPort()))));
    }
    MessageSnapshot message = event.data().message();
    if (message != null) {
      addMessage(facts, message);
    }
    StateDiff state = event.data().stateDiff();
    if (state != null) {
      addState(facts, state);
    }
    addMeasured(facts, event.data().performanceMetrics());
    addAttributes(facts, event.data().customAttributes());
    addCausality(facts, event);
    String error = event.data().error();
    return div(
            p(
                    strong(Html.value(event.eventType().typeName())),
                    span(Html.value(event.actorId())),
                    span("+" + Durations.format(Duration.between(rows.from(), event.timestamp())))
                        .withClass("dim"))
                .withClass("event-head"),
            error == null ? text("") : errorText(error),
            dl(each(facts.stream())).withClass("facts"))
        .withClass("event");
  }

  static DomContent errorText(String error) {
    return error.isEmpty()
        ? p("(empty error)").withClass("error")
        : block(error).withClass("error");
  }

  private static PreTag block(String value) {
    String cut =
        value.length() <= MAX_TEXT
            ? value
            : Shown.clip(value, MAX_TEXT)
                + "\n(%s of %s)"
                    .formatted(Shown.count(MAX_TEXT), Shown.count(value.length(), "character"));
    // It can be scrolled, so it must be reachable without a mouse.
    return pre(Shown.harmlessBlock(cut)).attr("dir", "auto").attr("tabindex", "0");
  }

  private static void addMessage(List<DomContent> facts, MessageSnapshot message) {
    facts.add(
        Html.fact(
            "Message",
            each(
                Html.valueOrEmpty(message.messageType()),
                text(", " + Shown.bytes(message.sizeBytes())))));
    if (!message.checksum().isEmpty()) {
      facts.add(Html.fact("Checksum", code(Html.value(message.checksum()))));
    }
    Bytes content = message.serializedData();
    if (content == null) {
      return;
    }
    boolean isPlain = message.contentCodec().equals(MessageSnapshot.NO_CODEC);
    String name =
        isPlain
            ? "Content"
            : "Content, as " + Shown.harmless(Shown.clip(message.contentCodec(), 40));
    facts.add(Html.fact(name, content(content)));
  }

  private static DomContent content(Bytes content) {
    if (content.length() == 0) {
      return span("(empty)").withClass("dim");
    }
    byte[] start = new byte[Math.min(content.length(), MAX_TEXT)];
    for (int i = 0; i < start.length; i++) {
      start[i] = content.get(i);
    }
    String text = asText(start);
    int shown = text == null ? Math.min(start.length, MAX_BINARY) : start.length;
    String rest =
        shown == content.length()
            ? ""
            : "\n(the first %s of %s)".formatted(Shown.bytes(shown), Shown.bytes(content.length()));
    return block(text == null ? hex(start) : text).withText(rest);
  }

  /** The text whose beginning in UTF-8 the bytes are; null if they are something else. */
  private static @Nullable String asText(byte[] bytes) {
    // A character that is cut at the end has at most three of its bytes here.
    for (int cut = 0; cut <= Math.min(3, bytes.length - 1); cut++) {
      try {
        String text =
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, 0, bytes.length - cut))
                .toString();
        return text.indexOf('\0') >= 0 ? null : text;
      } catch (CharacterCodingException e) {
        // Shorter, or not text.
      }
    }
    return null;
  }

  private static String hex(byte[] bytes) {
    StringBuilder lines = new StringBuilder();
    HexFormat format = HexFormat.ofDelimiter(" ");
    int end = Math.min(bytes.length, MAX_BINARY);
    for (int i = 0; i < end; i += BYTES_OF_A_LINE) {
      lines.append(i == 0 ? "" : "\n");
      lines.append(format.formatHex(bytes, i, Math.min(end, i + BYTES_OF_A_LINE)));
    }
    return lines.toString();
  }

  private static void addState(List<DomContent> facts, StateDiff state) {
    Bytes before = state.before();
    String sizes =
        (before == null ? "" : Shown.bytes(before.length()) + " → ")
            + Shown.bytes(state.after().length());
    facts.add(Html.fact("State", state.diffType().wireName() + ", " + sizes));
    if (before != null) {
      facts.add(Html.fact("Before", content(before)));
    }
    facts.add(Html.fact("After", content(state.after())));
  }

  private static void addMeasured(List<DomContent> facts, PerformanceMetrics measured) {
    measured
        .executionTimeNs()
        .ifPresent(ns -> facts.add(Html.fact("Worked", Durations.format(Duration.ofNanos(ns)))));
    measured
        .memoryUsageBytes()
        .ifPresent(bytes -> facts.add(Html.fact("Memory", Shown.bytes(bytes))));
    measured
        .cpuUsagePercent()
        .ifPresent(cpu -> facts.add(Html.fact("CPU", String.format(Locale.ROOT, "%.1f %%", cpu))));
    measured
        .queueDepth()
        .ifPresent(depth -> facts.add(Html.fact("Queue", Shown.count(depth, "message"))));
    measured
        .throughputMsgsPerSec()
        .ifPresent(rate ->
            facts.add(Html.fact("Throughput", String.format(Locale.ROOT, "%,.1f/s", rate))));
  }

  private static void addAttributes(List<DomContent> facts, Map<String, JsonValue> attributes) {
    attributes.entrySet().stream()
        .limit(MAX_ATTRIBUTES)
        .forEach(each ->
            facts.add(
                each(
                    dt(Html.value(each.getKey())).withClass("attribute"),
                    dd(attribute(each.getValue())))));
    if (attributes.size() > MAX_ATTRIBUTES) {
      facts.add(
          Html.fact("And", Shown.count(attributes.size() - MAX_ATTRIBUTES, "more attribute")));
    }
  }

  private static DomContent attribute(JsonValue value) {
    String text =
        value instanceof JsonValue.JsonString string ? string.value() : ReflowJson.write(value);
    return text.length() <= Html.LINE && text.indexOf('\n') < 0
        ? Html.valueOrEmpty(text)
        : block(text);
  }

  private void addCausality(List<DomContent> facts, TraceEvent event) {
    EventId parent = event.causality().parentEventId();
    if (parent != null) {
      facts.add(Html.fact("Caused by", reference(parent)));
    }
    EventId root = event.causality().rootCauseEventId();
    if (!root.equals(parent) && !root.equals(event.eventId())) {
      facts.add(Html.fact("Root cause", reference(root)));
    }
    if (!event.causality().dependencyChain().isEmpty()) {
      facts.add(
          Html.fact("Chain", Shown.count(event.causality().dependencyChain().size(), "event")));
    }
    if (!event.causality().spanId().isEmpty()) {
      facts.add(Html.fact("Span", code(Html.value(event.causality().spanId()))));
    }
    facts.add(Html.fact("Event", code(event.eventId().toString())));
    facts.add(Html.fact("Time", code(event.timestamp().toString())));
  }

  /** A link to the row of an event; its id if the trace has no such event. */
  private DomContent reference(EventId id) {
    TimelineRows.Row row = rows.of(id);
    if (row == null) {
      return each(code(id.toString()), span(" (not in this trace)").withClass("dim"));
    }
    TraceEvent target =
        row.events().stream()
            .filter(each -> each.eventId().equals(id))
            .findFirst()
            .orElse(row.activity().first());
    return a(
            Html.value(target.actorId()),
            text(" " + Shown.harmless(Shown.clip(target.eventType().typeName(), Html.LINE))))
        .withHref(address.apply(row));
  }
}

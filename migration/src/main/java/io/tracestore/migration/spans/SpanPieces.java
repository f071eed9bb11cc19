package io.tracestore.migration.spans;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what was reported in pieces: the reports of one span, and the spans of one trace. A
 * piece adds; it never takes away what an earlier one said.
 */
public final class SpanPieces {
  private static final String AGAIN = "again";
  private static final String END = "end_time_unix_nano";
  private static final long NANOS_PER_MICRO = 1000;

  private SpanPieces() {}

  /**
   * {@code piece} together with what is stored of its trace. The header keeps its identity, which
   * the first piece gave it; its end and status may move.
   *
   * @param stored of the same trace id
   * @return {@code piece} if it is no trace of spans, or the stored one is of another origin
   */
  public static FlowTrace merge(FlowTrace stored, FlowTrace piece) {
    Origin origin = TraceSpans.originOf(piece).orElse(null);
    if (origin == null || !Objects.equals(origin, TraceSpans.originOf(stored).orElse(null))) {
      return piece;
    }
    List<Span> spans = new ArrayList<>(TraceSpans.of(stored, origin));
    spans.addAll(TraceSpans.of(piece, origin));
    return withHeaderOf(stored, TraceMapper.map(origin, spans));
  }

  /**
   * {@code piece} together with the stored events of its trace, which has no header yet.
   *
   * @return {@code piece} if it is no trace of spans
   */
  public static FlowTrace merge(List<TraceEvent> stored, FlowTrace piece) {
    Origin origin = TraceSpans.originOf(piece).orElse(null);
    if (origin == null) {
      return piece;
    }
    List<Span> reported = TraceSpans.of(piece, origin);
    List<Span> spans = new ArrayList<>(SpanEvents.spans(stored, origin, reported.getFirst()));
    spans.addAll(reported);
    return TraceMapper.map(origin, spans);
  }

  /** {@code whole}, with the identity that the first piece gave it. */
  static FlowTrace withHeaderOf(FlowTrace stored, FlowTrace whole) {
    FlowTrace.Builder merged = stored.toBuilder().status(whole.status()).events(whole.events());
    if (stored.endTime() == null || stored.endTime().isBefore(whole.endTime())) {
      merged.endTime(whole.endTime());
    }
    return merged.build();
  }

  /**
   * The spans of which {@code reports} tell, in the order of their times: reports of one span
   * become one.
   */
  static List<Span> merge(List<Span> reports) {
    Map<String, List<Span>> byId = new HashMap<>();
    for (Span report : reports) {
      List<Span> spans = byId.computeIfAbsent(report.id(), id -> new ArrayList<>());
      int same = indexOfSame(spans, report);
      if (same < 0) {
        spans.add(report);
      } else {
        spans.set(same, merge(spans.get(same), report));
      }
    }
    List<Span> merged = new ArrayList<>();
    Set<String> ids = new LinkedHashSet<>();
    reports.forEach(report -> ids.add(report.id()));
    ids.forEach(id -> merged.addAll(Objects.requireNonNull(byId.get(id))));
    // Stable: spans of one instant keep their order.
    merged.sort(
        Comparator.comparing(Span::timestamp, Comparator.nullsLast(Comparator.naturalOrder())));
    return merged;
  }

  private static int indexOfSame(List<Span> spans, Span report) {
    for (int i = 0; i < spans.size(); i++) {
      if (isSame(spans.get(i), report)) {
        return i;
      }
    }
    return -1;
  }

  /** Two spans may have one id: the halves of a call, or by mistake, with different times. */
  private static boolean isSame(Span a, Span b) {
    return a.shared() == b.shared()
        && isCompatible(a.kind(), b.kind())
        && isCompatible(emptyToNull(a.place()), emptyToNull(b.place()))
        && isCompatible(a.timestamp(), b.timestamp());
  }

  private static boolean isCompatible(@Nullable Object a, @Nullable Object b) {
    return a == null || b == null || a.equals(b);
  }

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static Span merge(Span a, Span b) {
    Map<String, JsonValue> again = new TreeMap<>();
    Map<String, JsonValue> own = new TreeMap<>(a.own());
    Map<String, JsonValue> more = new TreeMap<>(b.own());
    takeAgain(own, again);
    takeAgain(more, again);
    Map<String, JsonValue> tags = new TreeMap<>(a.tags());
    Map<String, JsonValue> moreTags = new TreeMap<>(b.tags());
    if (a.remoteService() == null && b.remoteService() != null) {
      prefer("remote_endpoint", own, more);
      prefer("peer.service", tags, moreTags);
    }
    if (a.kind() == null && b.kind() != null) {
      prefer("span.kind", tags, moreTags);
    }
    if (emptyError(a.error()) == null && b.error() != null) {
      prefer("error", tags, moreTags);
    }
    union(own, more, again);
    union(tags, moreTags, again);
    if (a.error() != null || b.error() != null) {
      moveAway("status", own, again);
    }
    keepIfOther(again, "name", a.name(), b.name());
    keepIfOther(again, "parent_id", a.parentId(), b.parentId());
    keepIfOther(again, "error", emptyError(a.error()), emptyError(b.error()));
    Set<Span.Annotation> annotations = new LinkedHashSet<>(a.annotations());
    annotations.addAll(b.annotations());
    Long timestamp = or(a.timestamp(), b.timestamp());
    Long duration = longer(a.duration(), b.duration());
    if (duration == null && timestamp != null) {
      duration = untilEnd(timestamp, own);
    }
    if (duration != null && isTooLong(timestamp, duration)) {
      putDistinct(own, "duration_invalid", JsonValue.of(duration / NANOS_PER_MICRO));
      duration = null;
    }
    dropInvalid(own, again, timestamp, duration);
    Span.Builder merged =
        Span.builder(a.traceId(), a.id())
            .parentId(or(a.parentId(), b.parentId()))
            .kind(or(a.kind(), b.kind()))
            .name(or(a.name(), b.name()))
            .timestamp(timestamp)
            .duration(duration)
            .service(or(a.service(), b.service()))
            .remoteService(or(a.remoteService(), b.remoteService()))
            .place(a.place().isEmpty() ? b.place() : a.place())
            .error(or(emptyError(a.error()), or(emptyError(b.error()), or(a.error(), b.error()))))
            .annotations(List.copyOf(annotations))
            .tags(tags)
            .shared(a.shared());
    own.forEach(merged::own);
    if (!again.isEmpty()) {
      merged.own(AGAIN, JsonValue.object(again));
    }
    return merged.build();
  }

  /** Moves what earlier pieces said otherwise. */
  private static void takeAgain(Map<String, JsonValue> own, Map<String, JsonValue> again) {
    JsonValue value = own.remove(AGAIN);
    if (value instanceof JsonObject object) {
      object.members().forEach((name, each) -> putDistinct(again, name, each));
    } else if (value != null) {
      putDistinct(again, AGAIN, value);
    }
  }

  private static void keepIfOther(
      Map<String, JsonValue> again, String name, @Nullable String first, @Nullable String second) {
    if (first != null && second != null && !first.equals(second)) {
      putDistinct(again, name, JsonValue.of(second));
    }
  }

  /** Adds a value, under a name of its own if another stands under this one. */
  private static void putDistinct(Map<String, JsonValue> all, String name, JsonValue value) {
    String free = name;
    for (int i = 2; all.containsKey(free) && !value.equals(all.get(free)); i++) {
      free = "%s.%d".formatted(name, i);
    }
    all.put(free, value);
  }

  /** A start of one report and a duration of another may end later than a trace can. */
  private static boolean isTooLong(@Nullable Long timestamp, long duration) {
    return timestamp != null
        && duration / NANOS_PER_MICRO
            > Long.MAX_VALUE / NANOS_PER_MICRO - timestamp / NANOS_PER_MICRO;
  }

  /** One report said the start, and another the end. */
  private static @Nullable Long untilEnd(long timestamp, Map<String, JsonValue> own) {
    if (own.get(END) instanceof JsonNumber end) {
      long nanos = end.toBigDecimal().longValue();
      if (nanos >= timestamp) {
        own.remove(END);
        return nanos - timestamp;
      }
    }
    return null;
  }

  /** A time that makes no sense is no longer the span's where another report has a good one. */
  private static void dropInvalid(
      Map<String, JsonValue> own,
      Map<String, JsonValue> again,
      @Nullable Long timestamp,
      @Nullable Long duration) {
    List<String> names = new ArrayList<>();
    if (timestamp != null) {
      names.addAll(List.of("timestamp_invalid", "start_time_invalid"));
    }
    if (duration != null) {
      names.addAll(List.of("duration_invalid", "end_time_invalid", END));
    }
    if (own.containsKey(END)) {
      names.add("end_time_invalid");
    }
    names.forEach(name -> moveAway(name, own, again));
  }

  private static void moveAway(
      String name, Map<String, JsonValue> own, Map<String, JsonValue> again) {
    JsonValue value = own.remove(name);
    if (value != null) {
      putDistinct(again, name, value);
    }
  }

  /** Exchanges a value where the second report is the one that says what it means. */
  private static void prefer(
      String name, Map<String, JsonValue> first, Map<String, JsonValue> second) {
    JsonValue ours = first.get(name);
    JsonValue theirs = second.get(name);
    if (ours != null && theirs != null) {
      first.put(name, theirs);
      second.put(name, ours);
    }
  }

  /** Adds what is new; what is there stays, and what differs is kept beside it. */
  private static void union(
      Map<String, JsonValue> all, Map<String, JsonValue> more, Map<String, JsonValue> again) {
    more.forEach((name, value) -> {
      JsonValue there = all.putIfAbsent(name, value);
      if (there != null && !there.equals(value)) {
        putDistinct(again, name, value);
      }
    });
  }

  private static @Nullable String emptyError(@Nullable String error) {
    return error == null || error.isEmpty() ? null : error;
  }

  private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
    return first == null ? second : first;
  }

  private static @Nullable Long longer(@Nullable Long a, @Nullable Long b) {
    if (a == null || b == null) {
      return or(a, b);
    }
    return Math.max(a, b);
  }
}

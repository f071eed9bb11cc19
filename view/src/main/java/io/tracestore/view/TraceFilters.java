package io.tracestore.view;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The filters of a page of traces, as the parameters of its address: the names and the values are
 * those of the options of the command {@code query}. Immutable.
 */
public final class TraceFilters {
  /** How many traces a page lists unless its address says otherwise. */
  static final int DEFAULT_LIMIT = 50;

  private static final int MAX_LIMIT = 500;

  private static final Set<String> SEVERAL = Set.of("tag", "attribute", "has-attribute");
  private static final Set<String> SINGLE =
      Set.of(
          "flow",
          "execution",
          "from",
          "to",
          "status",
          "failed-with",
          "actor",
          "actor-contains",
          "event-type",
          "min-duration",
          "max-duration",
          "error",
          "error-contains",
          "port",
          "environment",
          "user",
          "session",
          "limit",
          "after");

  private final Map<String, List<String>> given;
  private final boolean hasEmpty;

  private TraceFilters(Map<String, List<String>> given, boolean hasEmpty) {
    this.given = given;
    this.hasEmpty = hasEmpty;
  }

  /** The filters of an address. Empty parameters, such as a form sends, are passed over. */
  public static TraceFilters of(Map<String, List<String>> parameters) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    boolean hasEmpty = false;
    for (Map.Entry<String, List<String>> each : parameters.entrySet()) {
      List<String> values = each.getValue().stream().filter(value -> !value.isBlank()).toList();
      hasEmpty |= values.size() < each.getValue().size();
      if (!values.isEmpty()) {
        given.put(each.getKey(), values);
      }
    }
    return new TraceFilters(given, hasEmpty);
  }

  /** Whether the address had empty parameters, so that {@link #path} is a better one. */
  public boolean hasEmpty() {
    return hasEmpty;
  }

  /** The value of a parameter; null if it is not given. */
  @Nullable String value(String name) {
    List<String> values = values(name);
    return values.isEmpty() ? null : values.getLast();
  }

  List<String> values(String name) {
    return given.getOrDefault(name, List.of());
  }

  /** Whether a parameter may be given several times. */
  static boolean takesSeveral(String name) {
    return SEVERAL.contains(name);
  }

  /** Whether one of these is given. */
  boolean hasAny(List<String> names) {
    return names.stream().anyMatch(given::containsKey);
  }

  /** Whether anything but the place and the length of the page is given. */
  boolean isFiltered() {
    return given.keySet().stream().anyMatch(name -> !name.equals("limit") && !name.equals("after"));
  }

  /** Whether it is the page with the newest traces. */
  boolean isFirstPage() {
    return !given.containsKey("after");
  }

  /** The address of the page with these filters. */
  public String path() {
    return path(given);
  }

  /** The address of the page after {@code last}. */
  String pathAfter(FlowTrace last) {
    Map<String, List<String>> next = new LinkedHashMap<>(given);
    next.put("after", List.of(last.startTime() + "/" + last.traceId()));
    return path(next);
  }

  /** The address of the first page. */
  String pathOfFirst() {
    Map<String, List<String>> first = new LinkedHashMap<>(given);
    first.remove("after");
    return path(first);
  }

  private static String path(Map<String, List<String>> parameters) {
    StringJoiner query = new StringJoiner("&", "/?", "").setEmptyValue("/");
    parameters.forEach((name, values) ->
        values.forEach(value -> query.add(Html.encode(name) + "=" + Html.encode(value))));
    return query.toString();
  }

  /**
   * The query, for headers only.
   *
   * @throws IllegalArgumentException if a parameter is not valid; the message is for people
   */
  public TraceQuery toQuery() {
    for (String name : given.keySet()) {
      if (!SINGLE.contains(name) && !SEVERAL.contains(name)) {
        throw new IllegalArgumentException("there is no filter '%s'".formatted(name));
      }
    }
    TraceQuery.Builder query =
        TraceQuery.builder()
            .flowId(value("flow"))
            .executionId(parsed("execution", ExecutionId::of))
            .startedBetween(parsed("from", TimeTexts::instant), parsed("to", TimeTexts::until))
            .status(parsed("status", TraceFilters::status))
            .failedWith(value("failed-with"))
            .actor(value("actor"))
            .actorContains(value("actor-contains"))
            .eventType(value("event-type"))
            .minDuration(parsed("min-duration", TimeTexts::duration))
            .maxDuration(parsed("max-duration", TimeTexts::duration))
            .hasError(Boolean.TRUE.equals(parsed("error", TraceFilters::yesOrNo)))
            .errorContaining(value("error-contains"))
            .port(value("port"))
            .environment(value("environment"))
            .userId(value("user"))
            .sessionId(value("session"))
            .after(parsed("after", TraceFilters::position))
            .limit(limit())
            .withEvents(false);
    pairs("tag", query::tag);
    pairs("attribute", (key, value) -> query.attribute(key, attributeValue(value)));
    values("has-attribute").forEach(query::hasAttribute);
    return query.build();
  }

  private int limit() {
    Integer limit = parsed("limit", Integer::valueOf);
    if (limit == null) {
      return DEFAULT_LIMIT;
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit must be 1 to %d: %d".formatted(MAX_LIMIT, limit));
    }
    return limit;
  }

  private <T> @Nullable T parsed(String name, Function<String, T> parser) {
    String value = value(name);
    if (value == null) {
      return null;
    }
    try {
      return parser.apply(value.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private void pairs(String name, BiConsumer<String, String> taker) {
    for (String pair : values(name)) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException("%s must be KEY=VALUE: '%s'".formatted(name, pair));
      }
      taker.accept(pair.substring(0, equals), pair.substring(equals + 1));
    }
  }

  private static ExecutionStatus.Kind status(String text) {
    for (ExecutionStatus.Kind kind : ExecutionStatus.Kind.values()) {
      if (kind.wireName().equalsIgnoreCase(text)) {
        return kind;
      }
    }
    List<String> names = new ArrayList<>();
    for (ExecutionStatus.Kind kind : ExecutionStatus.Kind.values()) {
      names.add(kind.wireName());
    }
    throw new IllegalArgumentException(
        "'%s' is none of %s".formatted(text, String.join(", ", names)));
  }

  private static Boolean yesOrNo(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "on", "yes", "1" -> true;
      case "false", "off", "no", "0" -> false;
      default ->
          throw new IllegalArgumentException("'%s' is neither true nor false".formatted(text));
    };
  }

  private static TraceQuery.Position position(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("'%s' is no START/TRACE_ID".formatted(text));
    }
    Instant start = TimeTexts.instant(text.substring(0, slash));
    return new TraceQuery.Position(start, TraceId.of(text.substring(slash + 1)));
  }

  /**
   * The value that an attribute is asked for: a boolean or a number if it is written like one, a
   * text otherwise; a text may stand in double quotes.
   */
  public static JsonValue attributeValue(String text) {
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      return JsonValue.of(text.substring(1, text.length() - 1));
    }
    if (text.equals("true") || text.equals("false")) {
      return JsonValue.of(Boolean.parseBoolean(text));
    }
    try {
      return new JsonValue.JsonNumber(text);
    } catch (IllegalArgumentException e) {
      return JsonValue.of(text);
    }
  }
}

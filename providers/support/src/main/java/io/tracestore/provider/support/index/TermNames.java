package io.tracestore.provider.support.index;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The names of {@link IndexTerms}, for providers whose engine keeps an index under each name.
 *
 * <p>Two values never share a name, so an index needs no second look. A long value is replaced by
 * its SHA-256, except actors, because a filter looks for parts of them.
 */
public final class TermNames {
  /** Every trace. */
  public static final String ALL = "all";

  private static final String ACTOR = "a:";

  private static final int LONGEST = 64;
  private static final int DURATION_CLASSES = Long.SIZE;

  private TermNames() {}

  /** The name of a term; that of an actor has the whole id, however long. */
  public static String of(Field field, Object value) {
    return switch (field) {
      case FLOW -> term('f', value.toString());
      case EXECUTION -> term('x', value.toString());
      case STATUS -> term('s', ((ExecutionStatus.Kind) value).wireName());
      case FAILURE -> term('r', value.toString());
      case TAG -> {
        IndexTerms.Tag tag = (IndexTerms.Tag) value;
        yield term('g', tag.key().length() + ":" + tag.key() + "=" + tag.value());
      }
      case ENVIRONMENT -> term('e', value.toString());
      case USER -> term('u', value.toString());
      case SESSION -> term('n', value.toString());
      case ACTOR -> ACTOR + value;
      case EVENT_TYPE -> term('y', value.toString());
      case ATTRIBUTE -> "v:" + HexFormat.of().toHexDigits((Long) value);
    };
  }

  /** Whether {@code name} is that of a term of {@code field}, whose values are texts. */
  public static boolean isOf(Field field, String name) {
    return name.charAt(0) == of(field, "").charAt(0);
  }

  /** The text in the name of a term; empty if the name has its hash only. */
  public static Optional<String> textOf(String name) {
    return name.charAt(1) == ':' ? Optional.of(name.substring(2)) : Optional.empty();
  }

  /** Whether events with these terms have what the query asks of events. */
  public static boolean matchEvents(TraceQuery query, Collection<String> terms) {
    String actor = query.actor();
    String part = query.actorContains();
    String type = query.eventType();
    return (actor == null || terms.contains(of(Field.ACTOR, actor)))
        && (type == null || terms.contains(of(Field.EVENT_TYPE, type)))
        && (part == null || terms.stream().anyMatch(term -> isActorWith(part, term)));
  }

  private static boolean isActorWith(String part, String term) {
    return term.startsWith(ACTOR) && term.indexOf(part, ACTOR.length()) >= 0;
  }

  /** The terms of traces that may have lasted at least {@code shortest}. */
  public static List<String> durationsFrom(Duration shortest) {
    return IntStream.range(durationClass(shortest), DURATION_CLASSES)
        .mapToObj(TermNames::durationTerm)
        .toList();
  }

  /** The terms of a trace without those of its events. */
  public static Set<String> ofHeader(FlowTrace trace) {
    Set<String> terms = new LinkedHashSet<>();
    terms.add(ALL);
    IndexTerms.ofHeader(trace).forEach((field, value) -> terms.add(of(field, value)));
    Instant end = trace.endTime();
    if (end != null && !end.isBefore(trace.startTime())) {
      terms.add(durationTerm(durationClass(Duration.between(trace.startTime(), end))));
    }
    return terms;
  }

  /** The terms of {@code events}, each with the number of events that have it. */
  public static Map<String, Integer> ofEvents(Collection<TraceEvent> events) {
    Map<String, Integer> types = new HashMap<>();
    Map<String, Integer> actors = new HashMap<>();
    for (TraceEvent event : events) {
      types.merge(event.eventType().typeName(), 1, Integer::sum);
      actors.merge(event.actorId(), 1, Integer::sum);
    }
    // Only now made into terms: there are fewer of them than events.
    Map<String, Integer> terms = LinkedHashMap.newLinkedHashMap(types.size() + actors.size());
    types.forEach((type, count) -> terms.put(of(Field.EVENT_TYPE, type), count));
    actors.forEach((actor, count) -> terms.put(of(Field.ACTOR, actor), count));
    return terms;
  }

  /** Each class holds the durations of as many binary digits in nanoseconds. */
  private static int durationClass(Duration duration) {
    boolean longer = duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0;
    return longer
        ? DURATION_CLASSES - 1
        : Long.SIZE - Long.numberOfLeadingZeros(duration.toNanos());
  }

  private static String durationTerm(int durationClass) {
    return "d:" + durationClass;
  }

  private static String term(char kind, String text) {
    return text.length() <= LONGEST ? kind + ":" + text : hashed(kind, text);
  }

  private static String hashed(char kind, String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
      return kind + "#" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.tracestore.provider.support;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The terms by which a trace can be found; each is the name of an index that a provider keeps by
 * itself.
 *
 * <p>Two values never share a term, so an index needs no second look. A long value is replaced by
 * its SHA-256, except actors, because a filter looks for parts of them.
 */
public final class Terms {
  /** Every trace. */
  public static final String ALL = "all";

  /** Every trace that has events but no header yet. */
  public static final String EARLY = "early";

  private static final String ACTOR = "a:";

  private static final int LONGEST = 64;
  private static final int DURATION_CLASSES = Long.SIZE;

  private Terms() {}

  /** That of a flow. */
  public static String flow(String flowId) {
    return term('f', flowId);
  }

  private static String execution(String executionId) {
    return term('x', executionId);
  }

  private static String status(ExecutionStatus.Kind kind) {
    return term('s', kind.wireName());
  }

  private static String error(String error) {
    return term('r', error);
  }

  private static String tag(String key, String value) {
    return term('g', key.length() + ":" + key + "=" + value);
  }

  private static String environment(String environment) {
    return term('e', environment);
  }

  private static String user(String userId) {
    return term('u', userId);
  }

  private static String session(String sessionId) {
    return term('n', sessionId);
  }

  /** That of a type of events. */
  public static String eventType(String typeName) {
    return term('y', typeName);
  }

  /** The term of an actor; it has the whole id, however long. */
  public static String actor(String actorId) {
    return ACTOR + actorId;
  }

  /** The actor's id if {@code term} is that of an actor. */
  public static @Nullable String actorOf(String term) {
    return term.startsWith(ACTOR) ? term.substring(ACTOR.length()) : null;
  }

  /**
   * The terms that a trace must all have to match; filters on the duration and on parts of an
   * actor's name have none.
   */
  public static List<String> of(TraceQuery query) {
    List<String> terms = new ArrayList<>();
    if (query.flowId() != null) {
      terms.add(flow(query.flowId()));
    }
    if (query.executionId() != null) {
      terms.add(execution(query.executionId().toString()));
    }
    if (query.status() != null) {
      terms.add(status(query.status()));
    }
    if (query.failedWith() != null) {
      terms.add(error(query.failedWith()));
    }
    if (query.actor() != null) {
      terms.add(actor(query.actor()));
    }
    if (query.eventType() != null) {
      terms.add(eventType(query.eventType()));
    }
    query.tags().forEach((key, value) -> terms.add(tag(key, value)));
    if (query.environment() != null) {
      terms.add(environment(query.environment()));
    }
    if (query.userId() != null) {
      terms.add(user(query.userId()));
    }
    if (query.sessionId() != null) {
      terms.add(session(query.sessionId()));
    }
    return terms;
  }

  /** Whether events with these terms have what the query asks of events. */
  public static boolean matchEvents(TraceQuery query, Collection<String> terms) {
    String actor = query.actor();
    String part = query.actorContains();
    String type = query.eventType();
    return (actor == null || terms.contains(actor(actor)))
        && (type == null || terms.contains(eventType(type)))
        && (part == null || terms.stream().anyMatch(term -> isActorWith(part, term)));
  }

  private static boolean isActorWith(String part, String term) {
    String actor = actorOf(term);
    return actor != null && actor.contains(part);
  }

  /** The terms of traces that may have lasted at least {@code shortest}. */
  public static List<String> durationsFrom(Duration shortest) {
    return IntStream.range(durationClass(shortest), DURATION_CLASSES)
        .mapToObj(Terms::durationTerm)
        .toList();
  }

  /** The terms of a trace without those of its events. */
  public static Set<String> ofHeader(FlowTrace trace) {
    Set<String> terms = new LinkedHashSet<>();
    terms.add(ALL);
    terms.add(flow(trace.flowId()));
    terms.add(execution(trace.executionId().toString()));
    terms.add(status(trace.status().kind()));
    if (trace.status() instanceof ExecutionStatus.Failed failed) {
      terms.add(error(failed.error()));
    }
    Instant end = trace.endTime();
    if (end != null && !end.isBefore(trace.startTime())) {
      terms.add(durationTerm(durationClass(Duration.between(trace.startTime(), end))));
    }
    terms.add(environment(trace.metadata().environment()));
    String userId = trace.metadata().userId();
    if (userId != null) {
      terms.add(user(userId));
    }
    String sessionId = trace.metadata().sessionId();
    if (sessionId != null) {
      terms.add(session(sessionId));
    }
    trace.metadata().tags().forEach((key, value) -> terms.add(tag(key, value)));
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
    types.forEach((type, count) -> terms.put(eventType(type), count));
    actors.forEach((actor, count) -> terms.put(actor(actor), count));
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

  /** The term itself, or one that stands for it if it is that of a long actor's name. */
  public static String bounded(String term) {
    int text = ACTOR.length();
    return term.length() <= LONGEST + text ? term : hashed(term.charAt(0), term.substring(text));
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

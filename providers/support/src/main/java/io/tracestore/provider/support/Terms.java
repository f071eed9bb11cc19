package io.tracestore.provider.chronicle;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
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
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a trace can be found by: each term is the name of an index. Two values never share one. */
final class Terms {
  /** Every trace. */
  static final String ALL = "all";

  /** Every trace that has events but no header yet. */
  static final String EARLY = "early";

  static final String ACTOR = "a:";

  private static final int LONGEST = 64;
  private static final int DURATION_CLASSES = Long.SIZE;

  private Terms() {}

  static String flow(String flowId) {
    return term('f', flowId);
  }

  static String execution(String executionId) {
    return term('x', executionId);
  }

  static String status(ExecutionStatus.Kind kind) {
    return term('s', kind.wireName());
  }

  static String error(String error) {
    return term('r', error);
  }

  static String tag(String key, String value) {
    return term('g', key.length() + ":" + key + "=" + value);
  }

  static String environment(String environment) {
    return term('e', environment);
  }

  static String user(String userId) {
    return term('u', userId);
  }

  static String session(String sessionId) {
    return term('n', sessionId);
  }

  static String eventType(String typeName) {
    return term('y', typeName);
  }

  static String actor(String actorId) {
    return ACTOR + actorId;
  }

  /** The actor's id if {@code term} is that of an actor. */
  static @Nullable String actorOf(String term) {
    return term.startsWith(ACTOR) ? term.substring(ACTOR.length()) : null;
  }

  /** The terms of traces that can have lasted at least so long. */
  static List<String> durationsFrom(Duration shortest) {
    return IntStream.range(durationClass(shortest), DURATION_CLASSES)
        .mapToObj(Terms::durationTerm)
        .toList();
  }

  static Set<String> ofHeader(FlowTrace trace) {
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
  static Map<String, Integer> ofEvents(Collection<TraceEvent> events) {
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
    return kind + ":" + text;
  }

  /** A short name of the index of {@code term}: that of a long one contains its SHA-256. */
  static String shortened(String term) {
    if (term.length() <= LONGEST) {
      return term;
    }
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(term.getBytes(StandardCharsets.UTF_8));
      return term.charAt(0) + "#" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

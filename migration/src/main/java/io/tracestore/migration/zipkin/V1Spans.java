package io.tracestore.migration.zipkin;

import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits a span of the first version of Zipkin's format into the parts that its services report: in
 * that version both ends of a call share one span, and events such as {@code cs} (client send) and
 * {@code sr} (server receive), each with an endpoint, tell who did what and when.
 *
 * <p>The rules are those of Zipkin's own conversion, with which a test compares them.
 *
 * @see <a href="https://github.com/openzipkin/zipkin-api/blob/master/zipkin-api.yaml">the first
 *     version of the format</a>
 */
final class V1Spans {
  private final @Nullable Long timestamp;
  private final @Nullable Long duration;
  private final List<ZipkinSpan> parts = new ArrayList<>();
  private final Map<String, V1Annotation> core = new HashMap<>();

  private V1Spans(@Nullable Long timestamp, @Nullable Long duration) {
    this.timestamp = timestamp;
    this.duration = duration;
    parts.add(new ZipkinSpan(null));
  }

  /**
   * The parts of a span.
   *
   * @param timestamp of the whole, in microseconds
   * @param duration of the whole, in microseconds
   */
  static List<ZipkinSpan> split(
      @Nullable Long timestamp,
      @Nullable Long duration,
      List<V1Annotation> annotations,
      List<V1Tag> tags) {
    V1Spans spans = new V1Spans(timestamp, duration);
    // Of two events of one kind the later one counts.
    annotations.stream()
        .sorted(
            Comparator.comparing(
                    V1Annotation::micros, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(V1Annotation::value))
        .forEach(spans::annotation);
    spans.addMissingStarts();
    spans.setRpcTimes();
    spans.setMessagingTimes();
    tags.forEach(spans::tag);
    spans.setRemotes(tags);
    return spans.parts;
  }

  /** The part of the service at {@code endpoint}; of no endpoint the first. */
  private ZipkinSpan at(@Nullable JsonObject endpoint) {
    ZipkinSpan first = parts.getFirst();
    if (endpoint == null) {
      return first;
    }
    if (first.localEndpoint == null) {
      first.localEndpoint = endpoint;
      return first;
    }
    for (ZipkinSpan part : parts) {
      if (isSameService(part.localEndpoint, endpoint)) {
        return part;
      }
    }
    return newPart(endpoint);
  }

  private ZipkinSpan newPart(@Nullable JsonObject endpoint) {
    ZipkinSpan part = new ZipkinSpan(endpoint);
    parts.add(part);
    return part;
  }

  private static boolean isSameService(@Nullable JsonObject a, @Nullable JsonObject b) {
    return service(a).equals(service(b));
  }

  private static String service(@Nullable JsonObject endpoint) {
    return endpoint != null && endpoint.members().get("serviceName") instanceof JsonString name
        ? name.value()
        : "";
  }

  private void annotation(V1Annotation annotation) {
    ZipkinSpan part = at(annotation.endpoint());
    String kind =
        annotation.endpoint() == null
            ? null
            : switch (annotation.value()) {
              case "cs", "cr" -> "CLIENT";
              case "sr", "ss" -> "SERVER";
              case "ms" -> "PRODUCER";
              case "mr" -> "CONSUMER";
              case "ws", "wr" -> "";
              default -> null;
            };
    if (kind == null) {
      part.annotations.add(annotation);
      return;
    }
    if (!kind.isEmpty()) {
      part.kind = kind;
    }
    core.put(annotation.value(), annotation);
  }

  private @Nullable V1Annotation core(String value) {
    return core.get(value);
  }

  private static @Nullable Long micros(@Nullable V1Annotation annotation) {
    return annotation == null ? null : annotation.micros();
  }

  /** An end that agrees with the whole span's times tells that it began with the span. */
  private void addMissingStarts() {
    addMissingStart("cs", core("cr"));
    addMissingStart("sr", core("ss"));
  }

  private void addMissingStart(String value, @Nullable V1Annotation end) {
    Long ended = micros(end);
    if (core(value) == null
        && end != null
        && ended != null
        && timestamp != null
        && duration != null
        && timestamp + duration == ended) {
      core.put(value, new V1Annotation(timestamp, value, end.endpoint(), Map.of()));
    }
  }

  private void setRpcTimes() {
    V1Annotation cs = core("cs");
    V1Annotation cr = core("cr");
    V1Annotation sr = core("sr");
    V1Annotation ss = core("ss");
    if (cs != null && sr != null) {
      setTimes(cs, cr);
      boolean isLoopback = isSameService(cs.endpoint(), sr.endpoint());
      ZipkinSpan client = at(cs.endpoint());
      ZipkinSpan server = isLoopback ? newPart(sr.endpoint()) : at(sr.endpoint());
      client.kind = "CLIENT";
      server.kind = "SERVER";
      server.shared = true;
      server.setTimes(sr.micros(), micros(ss));
    } else if (cs != null && cr != null) {
      setTimes(cs, cr);
    } else if (sr != null && ss != null) {
      setTimes(sr, ss);
    } else {
      setIncompleteTimes();
    }
    // A server that did not begin the span leaves its times to the client.
    boolean isLeft = timestamp == null || (ss != null && duration == null);
    if (cs == null && sr != null && isLeft && "SERVER".equals(at(sr.endpoint()).kind)) {
      at(sr.endpoint()).shared = true;
    }
  }

  /** The times of the whole span where it has both, else those of its events. */
  private void setTimes(V1Annotation begin, @Nullable V1Annotation end) {
    ZipkinSpan part = at(begin.endpoint());
    if (timestamp != null && duration != null) {
      part.timestamp = timestamp;
      part.duration = duration;
    } else {
      part.setTimes(begin.micros(), micros(end));
    }
  }

  private void setIncompleteTimes() {
    for (ZipkinSpan part : List.copyOf(parts)) {
      if ("CLIENT".equals(part.kind)) {
        setIncomplete(part, core("cs"), core("cr"));
      } else if ("SERVER".equals(part.kind)) {
        setIncomplete(part, core("sr"), core("ss"));
      }
    }
    if (timestamp != null) {
      parts.getFirst().timestamp = timestamp;
      parts.getFirst().duration = duration;
    }
  }

  private static void setIncomplete(
      ZipkinSpan part, @Nullable V1Annotation begin, @Nullable V1Annotation end) {
    if (begin != null) {
      part.timestamp = begin.micros();
    }
    if (end != null) {
      part.annotations.add(end);
    }
  }

  private void setMessagingTimes() {
    V1Annotation ms = core("ms");
    V1Annotation mr = core("mr");
    V1Annotation ws = core("ws");
    V1Annotation wr = core("wr");
    if (ms != null && mr != null) {
      boolean isLoopback = isSameService(ms.endpoint(), mr.endpoint());
      ZipkinSpan producer = at(ms.endpoint());
      ZipkinSpan consumer = isLoopback ? newPart(mr.endpoint()) : at(mr.endpoint());
      producer.kind = "PRODUCER";
      consumer.kind = "CONSUMER";
      consumer.shared = true;
      if (wr != null) {
        consumer.setTimes(wr.micros(), mr.micros());
      } else {
        consumer.timestamp = mr.micros();
      }
      producer.setTimes(ms.micros(), micros(ws));
    } else if (ms != null) {
      setTimes(ms, ws);
    } else if (mr != null) {
      if (wr != null) {
        setTimes(wr, mr);
      } else {
        setTimes(mr, null);
      }
    } else {
      keep(ws);
      keep(wr);
    }
  }

  private void keep(@Nullable V1Annotation annotation) {
    if (annotation != null) {
      at(annotation.endpoint()).annotations.add(annotation);
    }
  }

  private void tag(V1Tag tag) {
    if (!tag.isAddress()) {
      ZipkinSpan part = at(tag.endpoint());
      if (!tag.isMarker()) {
        part.tags.put(tag.key(), tag.value());
      }
    }
  }

  private void setRemotes(List<V1Tag> tags) {
    Map<String, JsonObject> addresses = new HashMap<>();
    for (V1Tag tag : tags) {
      if (tag.isAddress() && tag.endpoint() != null) {
        addresses.put(tag.key(), tag.endpoint());
      }
    }
    JsonObject client = addresses.get("ca");
    JsonObject server = addresses.get("sa");
    boolean isRpc =
        core.containsKey("cs")
            || core.containsKey("cr")
            || core.containsKey("sr")
            || core.containsKey("ss");
    if (isRpc) {
      V1Annotation end = serverEnd();
      // Some servers report themselves as their client.
      setRemote(
          end,
          end == null || end.endpoint() == null || end.endpoint().equals(client) ? null : client);
      setRemote(clientEnd(), server);
    } else if (client != null && server != null) {
      at(client).remoteEndpoint = server;
    } else if (server != null) {
      parts.getFirst().remoteEndpoint = server;
    } else if (client != null) {
      parts.getFirst().kind = "SERVER";
      parts.getFirst().remoteEndpoint = client;
    }
    JsonObject broker = addresses.get("ma");
    setRemote(core("ms"), broker);
    setRemote(core("mr"), broker);
  }

  private @Nullable V1Annotation serverEnd() {
    V1Annotation received = core("sr");
    return received != null ? received : core("ss");
  }

  private @Nullable V1Annotation clientEnd() {
    V1Annotation sent = core("cs");
    return sent != null ? sent : core("cr");
  }

  private void setRemote(@Nullable V1Annotation end, @Nullable JsonObject address) {
    if (end != null && address != null) {
      at(end.endpoint()).remoteEndpoint = address;
    }
  }
}

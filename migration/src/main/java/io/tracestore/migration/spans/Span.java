package io.tracestore.migration.spans;

import io.tracestore.model.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A span of any format; times in nanoseconds.
 *
 * @param traceId 32 hexadecimal digits in lower case, or 16 if the upper half is zero
 * @param id 16 hexadecimal digits in lower case
 * @param parentId 16 hexadecimal digits in lower case, if any
 * @param kind in upper case, such as {@code SERVER}; null if not known
 * @param name what was done; null if not known
 * @param timestamp since the epoch; null if not known
 * @param duration null if not known
 * @param service the name of the service it ran in; null if not known
 * @param remoteService the name of the service at the other end; null if not known
 * @param place where it ran, as far as spans of one id differ by it
 * @param error why it failed, which may be empty; null if it did not
 * @param annotations what happened during the span
 * @param tags under their own names
 * @param shared whether it is the receiving half of a span that two services report
 * @param own what has no other field here, under names of the format's
 */
public record Span(
    String traceId,
    String id,
    @Nullable String parentId,
    @Nullable String kind,
    @Nullable String name,
    @Nullable Long timestamp,
    @Nullable Long duration,
    @Nullable String service,
    @Nullable String remoteService,
    String place,
    @Nullable String error,
    List<Annotation> annotations,
    Map<String, JsonValue> tags,
    boolean shared,
    Map<String, JsonValue> own) {

  /**
   * An event during a span.
   *
   * @param timestamp since the epoch; null if not known
   * @param value what
   * @param tags under their own names
   * @param own what has no other field here, under names of the format's
   */
  public record Annotation(
      @Nullable Long timestamp,
      String value,
      Map<String, JsonValue> tags,
      Map<String, JsonValue> own) {}

  public Span {
    annotations =
        annotations instanceof LazyList<Annotation> ? annotations : List.copyOf(annotations);
  }

  boolean isReceiver() {
    return "SERVER".equals(kind) || "CONSUMER".equals(kind);
  }

  boolean isSender() {
    return "CLIENT".equals(kind) || "PRODUCER".equals(kind);
  }

  boolean isMessaging() {
    return "CONSUMER".equals(kind) || "PRODUCER".equals(kind);
  }

  /** A builder of a span with these ids. */
  public static Builder builder(String traceId, String id) {
    return new Builder(traceId, id);
  }

  /** Builds a span; not safe for several threads. */
  public static final class Builder {
    private final String traceId;
    private final String id;
    private @Nullable String parentId;
    private @Nullable String kind;
    private @Nullable String name;
    private @Nullable Long timestamp;
    private @Nullable Long duration;
    private @Nullable String service;
    private @Nullable String remoteService;
    private String place = "";
    private @Nullable String error;
    private List<Annotation> annotations = List.of();
    private final Map<String, JsonValue> tags = new TreeMap<>();
    private boolean shared;
    private final Map<String, JsonValue> own = new TreeMap<>();

    private Builder(String traceId, String id) {
      this.traceId = traceId;
      this.id = id;
    }

    public Builder parentId(@Nullable String parentId) {
      this.parentId = parentId;
      return this;
    }

    public Builder kind(@Nullable String kind) {
      this.kind = kind;
      return this;
    }

    public Builder name(@Nullable String name) {
      this.name = name;
      return this;
    }

    public Builder timestamp(@Nullable Long timestamp) {
      this.timestamp = timestamp;
      return this;
    }

    public Builder duration(@Nullable Long duration) {
      this.duration = duration;
      return this;
    }

    public Builder service(@Nullable String service) {
      this.service = service;
      return this;
    }

    public Builder remoteService(@Nullable String remoteService) {
      this.remoteService = remoteService;
      return this;
    }

    public Builder place(String place) {
      this.place = place;
      return this;
    }

    public Builder error(@Nullable String error) {
      this.error = error;
      return this;
    }

    public Builder annotations(List<Annotation> annotations) {
      this.annotations = annotations;
      return this;
    }

    /** Adds tags. */
    public Builder tags(Map<String, JsonValue> tags) {
      this.tags.putAll(tags);
      return this;
    }

    public Builder shared(boolean shared) {
      this.shared = shared;
      return this;
    }

    /** Adds what has no other field, unless it is null. */
    public Builder own(String name, @Nullable Object value) {
      if (value != null) {
        own.put(name, JsonValue.from(value));
      }
      return this;
    }

    public Span build() {
      return new Span(
          traceId,
          id,
          parentId,
          kind,
          name,
          timestamp,
          duration,
          service,
          remoteService,
          place,
          error,
          annotations,
          tags,
          shared,
          own);
    }
  }
}

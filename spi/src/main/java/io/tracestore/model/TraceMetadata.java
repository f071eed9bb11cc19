package io.tracestore.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The place of an execution, and the user for whom it ran.
 *
 * @param userId the user, if any
 * @param sessionId the session, if any
 * @param environment such as {@code production}; may be empty
 * @param hostname may be empty
 * @param processId 0 to 4294967295
 * @param threadId may be empty
 * @param tags free pairs; they iterate in the order of their keys
 */
public record TraceMetadata(
    @Nullable String userId,
    @Nullable String sessionId,
    String environment,
    String hostname,
    long processId,
    String threadId,
    Map<String, String> tags) {
  /** Nothing known. */
  public static final TraceMetadata EMPTY = builder().build();

  public TraceMetadata {
    if (userId != null) {
      Checks.text("metadata.userId", userId);
    }
    if (sessionId != null) {
      Checks.text("metadata.sessionId", sessionId);
    }
    Checks.text("metadata.environment", environment);
    Checks.text("metadata.hostname", hostname);
    Checks.u32("metadata.processId", processId);
    Checks.text("metadata.threadId", threadId);
    tags = Checks.sortedCopy("metadata.tags", tags);
    tags.forEach((key, value) -> Checks.text("metadata.tags '" + key + "'", value));
  }

  /** A builder with nothing known. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link TraceMetadata}; not safe for several threads. */
  public static final class Builder {
    private @Nullable String userId;
    private @Nullable String sessionId;
    private String environment = "";
    private String hostname = "";
    private long processId;
    private String threadId = "";
    private final Map<String, String> tags = new LinkedHashMap<>();

    private Builder() {}

    public Builder userId(@Nullable String userId) {
      this.userId = userId;
      return this;
    }

    public Builder sessionId(@Nullable String sessionId) {
      this.sessionId = sessionId;
      return this;
    }

    public Builder environment(String environment) {
      this.environment = environment;
      return this;
    }

    public Builder hostname(String hostname) {
      this.hostname = hostname;
      return this;
    }

    public Builder processId(long processId) {
      this.processId = processId;
      return this;
    }

    public Builder threadId(String threadId) {
      this.threadId = threadId;
      return this;
    }

    /** Adds one tag; the last value of a key wins. */
    public Builder tag(String key, String value) {
      tags.put(key, value);
      return this;
    }

    /** Adds all of {@code tags}. */
    public Builder tags(Map<String, String> tags) {
      this.tags.putAll(tags);
      return this;
    }

    /**
     * The metadata.
     *
     * @throws IllegalArgumentException if a field is not valid; it names the field
     */
    public TraceMetadata build() {
      return new TraceMetadata(userId, sessionId, environment, hostname, processId, threadId, tags);
    }
  }
}

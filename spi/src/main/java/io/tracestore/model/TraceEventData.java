package io.tracestore.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The payload of an event. Every part but the attributes and the metrics may be null.
 *
 * @param port the port concerned, if any
 * @param message the message concerned, if any
 * @param stateDiff the change of state, if any
 * @param error the error text, if there was an error; empty is not the same as absent
 * @param performanceMetrics the measurements
 * @param customAttributes anything else; they iterate in the order of their names
 */
public record TraceEventData(
    @Nullable String port,
    @Nullable MessageSnapshot message,
    @Nullable StateDiff stateDiff,
    @Nullable String error,
    PerformanceMetrics performanceMetrics,
    Map<String, JsonValue> customAttributes) {
  /** Nothing. */
  public static final TraceEventData EMPTY = builder().build();

  public TraceEventData {
    if (port != null) {
      Checks.text("data.port", port);
    }
    if (error != null) {
      Checks.text("data.error", error);
    }
    Objects.requireNonNull(performanceMetrics, "data.performanceMetrics");
    customAttributes = Checks.sortedCopy("data.customAttributes", customAttributes);
    customAttributes.forEach(TraceEventData::checkDepth);
  }

  private static void checkDepth(String name, JsonValue value) {
    try {
      JsonValues.checkDepth(value, JsonValue.MAX_DEPTH);
    } catch (IllegalArgumentException e) {
      throw invalidAttribute(name, e);
    }
  }

  private static IllegalArgumentException invalidAttribute(
      String name, IllegalArgumentException cause) {
    return new IllegalArgumentException(
        "data.customAttributes '%s': %s".formatted(name, cause.getMessage()), cause);
  }

  /** A builder with nothing in it. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link TraceEventData}; not safe for several threads. */
  public static final class Builder {
    private @Nullable String port;
    private @Nullable MessageSnapshot message;
    private @Nullable StateDiff stateDiff;
    private @Nullable String error;
    private PerformanceMetrics performanceMetrics = PerformanceMetrics.NONE;
    private final Map<String, JsonValue> customAttributes = new LinkedHashMap<>();

    private Builder() {}

    public Builder port(@Nullable String port) {
      this.port = port;
      return this;
    }

    public Builder message(@Nullable MessageSnapshot message) {
      this.message = message;
      return this;
    }

    public Builder stateDiff(@Nullable StateDiff stateDiff) {
      this.stateDiff = stateDiff;
      return this;
    }

    public Builder error(@Nullable String error) {
      this.error = error;
      return this;
    }

    public Builder performanceMetrics(PerformanceMetrics performanceMetrics) {
      this.performanceMetrics = performanceMetrics;
      return this;
    }

    /** Sets the metrics to an execution time alone. */
    public Builder executionTimeNs(long executionTimeNs) {
      return performanceMetrics(PerformanceMetrics.ofExecutionTimeNs(executionTimeNs));
    }

    /**
     * Adds one attribute; the last of a name wins.
     *
     * @throws IllegalArgumentException if {@link JsonValue#from(Object)} does not take the value
     */
    public Builder attribute(String name, @Nullable Object value) {
      try {
        customAttributes.put(name, JsonValue.from(value));
      } catch (IllegalArgumentException e) {
        throw invalidAttribute(name, e);
      }
      return this;
    }

    /** Adds all of {@code attributes}. */
    public Builder attributes(Map<String, ?> attributes) {
      attributes.forEach(this::attribute);
      return this;
    }

    /**
     * The data.
     *
     * @throws IllegalArgumentException if a field is not valid; it names the field
     */
    public TraceEventData build() {
      return new TraceEventData(
          port, message, stateDiff, error, performanceMetrics, customAttributes);
    }
  }
}

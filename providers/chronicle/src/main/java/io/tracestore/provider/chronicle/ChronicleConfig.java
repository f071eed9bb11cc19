package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code chronicle:} store is opened: the same as a URI says, as values.
 *
 * <p>A file keeps the sizes with which it was made. A value larger than the file's makes it grow
 * when it is opened, if no other process has it open; a default or smaller one changes nothing.
 *
 * @param path the file, beside which two others with the endings {@code .lock} and {@code .journal}
 *     lie; null for a private map outside of the heap, which lives as long as the store
 * @param maxTraces how many traces it takes before it refuses, at least 1
 * @param averageTraceBytes how many bytes a trace takes on average, at least 128
 * @param maxBloatFactor how many times {@code maxTraces * averageTraceBytes} there is room for, at
 *     least 1
 */
public record ChronicleConfig(
    @Nullable Path path, long maxTraces, int averageTraceBytes, double maxBloatFactor) {
  /** What would end a URI's body or be replaced in it. */
  private static final String SPECIAL = "%?$";

  public ChronicleConfig {
    ChronicleOptions.MAX_TRACES.check(maxTraces);
    ChronicleOptions.AVERAGE_TRACE_BYTES.check(averageTraceBytes);
    ChronicleOptions.MAX_BLOAT_FACTOR.check(maxBloatFactor);
    if (path != null && path.toString().isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
  }

  /** A builder for the map in the file {@code path}, with the defaults. */
  public static Builder builder(Path path) {
    return new Builder(Objects.requireNonNull(path, "path"));
  }

  /** A builder for a private map outside of the heap, with the defaults. */
  public static Builder offHeap() {
    return new Builder(null);
  }

  /**
   * The config that a URI describes.
   *
   * @param uri {@code chronicle:PATH} or {@code chronicle:}, with options
   * @throws StoreConfigurationException if it has no valid path, an unknown option or a wrong value
   */
  public static ChronicleConfig fromUri(StoreUri uri) {
    return fromUri(uri, StoreOptions.of(uri, ChronicleOptions.ALL));
  }

  static ChronicleConfig fromUri(StoreUri uri, StoreOptions options) {
    try {
      return new ChronicleConfig(
          path(uri),
          options.get(ChronicleOptions.MAX_TRACES),
          options.get(ChronicleOptions.AVERAGE_TRACE_BYTES),
          options.get(ChronicleOptions.MAX_BLOAT_FACTOR));
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static @Nullable Path path(StoreUri uri) {
    String body = uri.body();
    if (body.isEmpty()) {
      return null;
    }
    try {
      return Path.of(body);
    } catch (InvalidPathException e) {
      throw new StoreConfigurationException("%s: not a path: %s".formatted(uri, e.getReason()), e);
    }
  }

  /** The URI that describes this config; options that have their default are left out. */
  public StoreUri toUri() {
    Map<String, String> options = new LinkedHashMap<>();
    addTo(options, ChronicleOptions.MAX_TRACES, maxTraces);
    addTo(options, ChronicleOptions.AVERAGE_TRACE_BYTES, averageTraceBytes);
    addTo(options, ChronicleOptions.MAX_BLOAT_FACTOR, maxBloatFactor);
    return StoreUri.of(ChronicleTraceStoreProvider.SCHEME, rawBody(), options);
  }

  private static <T> void addTo(Map<String, String> options, StoreOption<T> option, T value) {
    if (!value.equals(option.defaultValue())) {
      options.put(option.name(), option.format(value));
    }
  }

  private String rawBody() {
    StringBuilder body = new StringBuilder();
    String name = path == null ? "" : path.toString();
    name.codePoints()
        .mapToObj(Character::toString)
        .map(c -> SPECIAL.contains(c) ? StoreUri.percentEncode(c) : c)
        .forEach(body::append);
    return body.toString();
  }

  Sizing sizing() {
    return new Sizing(maxTraces, averageTraceBytes, maxBloatFactor);
  }

  /** Builds a {@link ChronicleConfig}; not safe for several threads. */
  public static final class Builder {
    private final @Nullable Path path;
    private long maxTraces = ChronicleOptions.defaultOf(ChronicleOptions.MAX_TRACES);
    private int averageTraceBytes =
        ChronicleOptions.defaultOf(ChronicleOptions.AVERAGE_TRACE_BYTES);
    private double maxBloatFactor = ChronicleOptions.defaultOf(ChronicleOptions.MAX_BLOAT_FACTOR);

    private Builder(@Nullable Path path) {
      this.path = path;
    }

    /** How many traces it takes before it refuses; 100000 by default. */
    public Builder maxTraces(long maxTraces) {
      this.maxTraces = maxTraces;
      return this;
    }

    /** How many bytes a trace takes on average; 4096 by default. */
    public Builder averageTraceBytes(int averageTraceBytes) {
      this.averageTraceBytes = averageTraceBytes;
      return this;
    }

    /** How many times {@code maxTraces * averageTraceBytes} there is room for; 1.5 by default. */
    public Builder maxBloatFactor(double maxBloatFactor) {
      this.maxBloatFactor = maxBloatFactor;
      return this;
    }

    /**
     * The config.
     *
     * @throws IllegalArgumentException if a value is out of bounds; it names the option
     */
    public ChronicleConfig build() {
      return new ChronicleConfig(path, maxTraces, averageTraceBytes, maxBloatFactor);
    }
  }
}

package io.tracestore.provider.mem;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code mem:} store is opened: the same as a URI says, as values.
 *
 * @param name what the store is shared by within this JVM; null for a private one
 * @param maxTraces how many traces are kept, at least 1
 * @param maxEventsPerTrace how many events one trace may have, at least 1
 * @param maxMemoryMb how many MiB (1048576 bytes) the data may take by estimate, at least 1
 * @param evictionPolicy which trace goes when the store is full
 * @param overflow what happens when one trace gets too many events
 */
public record MemoryConfig(
    @Nullable String name,
    int maxTraces,
    int maxEventsPerTrace,
    int maxMemoryMb,
    EvictionPolicy evictionPolicy,
    Overflow overflow) {
  public MemoryConfig {
    if (name != null && name.isEmpty()) {
      throw new IllegalArgumentException("name must not be empty; null is for a private store");
    }
    MemOptions.MAX_TRACES.check(maxTraces);
    MemOptions.MAX_EVENTS_PER_TRACE.check(maxEventsPerTrace);
    MemOptions.MAX_MEMORY_MB.check(maxMemoryMb);
    Objects.requireNonNull(evictionPolicy, "evictionPolicy");
    Objects.requireNonNull(overflow, "overflow");
  }

  /** A builder of a private store with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The config that a URI describes.
   *
   * @param uri {@code mem:} for a private store or {@code mem:name}
   * @param options the options of {@code uri}, checked against those of the provider
   * @throws StoreConfigurationException if the name has a broken percent escape
   */
  public static MemoryConfig fromUri(StoreUri uri, StoreOptions options) {
    String name = uri.body();
    return new MemoryConfig(
        name.isEmpty() ? null : name,
        options.get(MemOptions.MAX_TRACES),
        options.get(MemOptions.MAX_EVENTS_PER_TRACE),
        options.get(MemOptions.MAX_MEMORY_MB),
        options.get(MemOptions.EVICTION_POLICY),
        options.get(MemOptions.OVERFLOW));
  }

  /** The URI that describes this config; values that are the default are left out. */
  public StoreUri toUri() {
    Map<String, String> options = new LinkedHashMap<>();
    for (StoreOption<?> option : MemOptions.ALL) {
      String text = textOf(option);
      if (!text.equals(option.defaultText())) {
        options.put(option.name(), text);
      }
    }
    String body = name == null ? "" : StoreUri.percentEncode(name);
    return StoreUri.of(MemTraceStoreProvider.SCHEME, body, options);
  }

  /** The value of {@code option} as a URI would give it. */
  String textOf(StoreOption<?> option) {
    Object value =
        Map.<StoreOption<?>, Object>of(
                MemOptions.MAX_TRACES, maxTraces,
                MemOptions.MAX_EVENTS_PER_TRACE, maxEventsPerTrace,
                MemOptions.MAX_MEMORY_MB, maxMemoryMb,
                MemOptions.EVICTION_POLICY, evictionPolicy,
                MemOptions.OVERFLOW, overflow)
            .get(option);
    return Objects.requireNonNull(value, option::name).toString();
  }

  /** The bound on memory in bytes. */
  long maxBytes() {
    return (long) maxMemoryMb << 20;
  }

  /** Builds a {@link MemoryConfig}; not safe for several threads. */
  public static final class Builder {
    private @Nullable String name;
    private int maxTraces = defaultOf(MemOptions.MAX_TRACES);
    private int maxEventsPerTrace = defaultOf(MemOptions.MAX_EVENTS_PER_TRACE);
    private int maxMemoryMb = defaultOf(MemOptions.MAX_MEMORY_MB);
    private EvictionPolicy evictionPolicy = defaultOf(MemOptions.EVICTION_POLICY);
    private Overflow overflow = defaultOf(MemOptions.OVERFLOW);

    private Builder() {}

    private static <T> T defaultOf(StoreOption<T> option) {
      return Objects.requireNonNull(option.defaultValue());
    }

    /** Shares the data with every store of this name in the JVM; null for a private one. */
    public Builder name(@Nullable String name) {
      this.name = name;
      return this;
    }

    /** How many traces are kept; 10000 by default. */
    public Builder maxTraces(int maxTraces) {
      this.maxTraces = maxTraces;
      return this;
    }

    /** How many events one trace may have; 1000 by default. */
    public Builder maxEventsPerTrace(int maxEventsPerTrace) {
      this.maxEventsPerTrace = maxEventsPerTrace;
      return this;
    }

    /** How many MiB the data may take by estimate; 256 by default. */
    public Builder maxMemoryMb(int maxMemoryMb) {
      this.maxMemoryMb = maxMemoryMb;
      return this;
    }

    /** Which trace goes when the store is full; the least recently used by default. */
    public Builder evictionPolicy(EvictionPolicy evictionPolicy) {
      this.evictionPolicy = evictionPolicy;
      return this;
    }

    /** What happens when one trace gets too many events; refused by default. */
    public Builder overflow(Overflow overflow) {
      this.overflow = overflow;
      return this;
    }

    /**
     * The config.
     *
     * @throws IllegalArgumentException if a value is out of bounds; it names the option
     */
    public MemoryConfig build() {
      return new MemoryConfig(
          name, maxTraces, maxEventsPerTrace, maxMemoryMb, evictionPolicy, overflow);
    }
  }
}

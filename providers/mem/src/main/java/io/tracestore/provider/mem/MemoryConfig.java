package io.tracestore.provider.mem;

import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.config.StoreConfig;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptionList;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a {@code mem:} store, in code: {@code
 * MemoryConfig.of().maxTraces(1_000).open()}. An option that is not set has the default of its
 * constant.
 */
public final class MemoryConfig extends StoreConfig<MemoryConfig> {
  public static final StoreOptionList OPTIONS = new StoreOptionList();

  /** The option {@code maxTraces}. */
  public static final StoreOption<Integer> MAX_TRACES =
      OPTIONS.add(
          StoreOption.ofInt(
              "maxTraces",
              10_000,
              1,
              Integer.MAX_VALUE,
              "How many traces are kept; traces of which only events have come count."));

  /** The option {@code maxEventsPerTrace}. */
  public static final StoreOption<Integer> MAX_EVENTS_PER_TRACE =
      OPTIONS.add(
          StoreOption.ofInt(
              "maxEventsPerTrace",
              1_000,
              1,
              Integer.MAX_VALUE,
              "How many events one trace may have."));

  /** The option {@code maxMemoryMb}. */
  public static final StoreOption<Integer> MAX_MEMORY_MB =
      OPTIONS.add(
          StoreOption.ofMebibytes(
              "maxMemoryMb",
              256,
              1,
              Integer.MAX_VALUE,
              "How much heap the traces and their indexes may take, by estimate."));

  /** The option {@code evictionPolicy}. */
  public static final StoreOption<EvictionPolicy> EVICTION_POLICY =
      OPTIONS.add(
          StoreOption.ofEnum(
              "evictionPolicy",
              EvictionPolicy.LRU,
              "Which trace goes when maxTraces or maxMemoryMb is reached; NONE refuses the write."));

  /** The option {@code overflow}. */
  public static final StoreOption<Overflow> OVERFLOW =
      OPTIONS.add(
          StoreOption.ofEnum(
              "overflow",
              Overflow.REJECT,
              "What happens when one trace gets more than maxEventsPerTrace events."));

  /** The option {@code indexedAttributes}. */
  public static final StoreOption<List<String>> INDEXED_ATTRIBUTES =
      OPTIONS.add(DataTerms.INDEXED_ATTRIBUTES);

  private MemoryConfig(StoreUri uri) {
    super(new MemTraceStoreProvider(), uri);
  }

  /** A private store with the defaults. */
  public static MemoryConfig of() {
    return new MemoryConfig(StoreUri.of(MemTraceStoreProvider.SCHEME, "", Map.of()));
  }

  /**
   * A store with the defaults that shares its data with every store of this name in the JVM.
   *
   * @param name not empty
   */
  public static MemoryConfig of(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name must not be empty; of() is for a private store");
    }
    return new MemoryConfig(
        StoreUri.of(MemTraceStoreProvider.SCHEME, StoreUri.percentEncode(name), Map.of()));
  }

  /** How many traces are kept. */
  public MemoryConfig maxTraces(int maxTraces) {
    return with(MAX_TRACES, maxTraces);
  }

  /** How many events one trace may have. */
  public MemoryConfig maxEventsPerTrace(int maxEventsPerTrace) {
    return with(MAX_EVENTS_PER_TRACE, maxEventsPerTrace);
  }

  /** How many MiB the data may take by estimate. */
  public MemoryConfig maxMemoryMb(int maxMemoryMb) {
    return with(MAX_MEMORY_MB, maxMemoryMb);
  }

  /** Sets which trace is removed when the store is full. */
  public MemoryConfig evictionPolicy(EvictionPolicy evictionPolicy) {
    return with(EVICTION_POLICY, evictionPolicy);
  }

  /** Sets what happens to a write that gives one trace too many events. */
  public MemoryConfig overflow(Overflow overflow) {
    return with(OVERFLOW, overflow);
  }

  /** Sets the keys of attributes by which traces are fast to find. */
  public MemoryConfig indexedAttributes(List<String> keys) {
    return with(INDEXED_ATTRIBUTES, keys);
  }

  @Override
  protected MemoryConfig withUri(StoreUri uri) {
    return new MemoryConfig(uri);
  }
}

package io.tracestore.provider.mem;

import io.tracestore.spi.StoreOption;
import java.util.List;

/** The options of {@code mem:} URIs. */
final class MemOptions {
  static final StoreOption<Integer> MAX_TRACES =
      StoreOption.ofInt(
          "maxTraces",
          10_000,
          1,
          Integer.MAX_VALUE,
          "How many traces are kept; traces of which only events have come count.");
  static final StoreOption<Integer> MAX_EVENTS_PER_TRACE =
      StoreOption.ofInt(
          "maxEventsPerTrace", 1_000, 1, Integer.MAX_VALUE, "How many events one trace may have.");
  static final StoreOption<Integer> MAX_MEMORY_MB =
      StoreOption.ofMebibytes(
          "maxMemoryMb",
          256,
          1,
          Integer.MAX_VALUE,
          "How much heap the traces and their indexes may take, by estimate.");
  static final StoreOption<EvictionPolicy> EVICTION_POLICY =
      StoreOption.ofEnum(
          "evictionPolicy",
          EvictionPolicy.LRU,
          "Which trace goes when maxTraces or maxMemoryMb is reached; NONE refuses the write.");
  static final StoreOption<Overflow> OVERFLOW =
      StoreOption.ofEnum(
          "overflow",
          Overflow.REJECT,
          "What happens when one trace gets more than maxEventsPerTrace events.");

  static final List<StoreOption<?>> ALL =
      List.of(MAX_TRACES, MAX_EVENTS_PER_TRACE, MAX_MEMORY_MB, EVICTION_POLICY, OVERFLOW);

  private MemOptions() {}
}

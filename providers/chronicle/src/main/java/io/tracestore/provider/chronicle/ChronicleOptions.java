package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreOption;
import java.util.List;
import java.util.Objects;

/** The options of {@code chronicle:} URIs, declared once. */
final class ChronicleOptions {
  static final StoreOption<Long> MAX_TRACES =
      StoreOption.ofLong(
          "maxTraces",
          100_000,
          1,
          10_000_000_000L,
          "How many traces it takes before it refuses. A file opened with a larger number grows.");
  static final StoreOption<Integer> AVERAGE_TRACE_BYTES =
      StoreOption.ofInt(
          "averageTraceBytes",
          4_096,
          128,
          1 << 30,
          "How many bytes a trace takes on average, encoded and with its events: the size of the file follows from it.");
  static final StoreOption<Double> MAX_BLOAT_FACTOR =
      StoreOption.ofDouble(
          "maxBloatFactor",
          1.5,
          1,
          1_000,
          "How many times maxTraces * averageTraceBytes the file holds, indexes and uneven filling included.");

  static final List<StoreOption<?>> ALL =
      List.of(MAX_TRACES, AVERAGE_TRACE_BYTES, MAX_BLOAT_FACTOR);

  private ChronicleOptions() {}

  static <T> T defaultOf(StoreOption<T> option) {
    return Objects.requireNonNull(option.defaultValue());
  }
}

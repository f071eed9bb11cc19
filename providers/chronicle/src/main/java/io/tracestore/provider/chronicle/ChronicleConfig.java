package io.tracestore.provider.chronicle;

import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.config.StoreConfig;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptionList;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a {@code chronicle:} store, in code: {@code
 * ChronicleConfig.of("traces.map").maxTraces(1_000_000).open()}. An option that is not set has the
 * default of its constant.
 *
 * <p>A file keeps the sizes with which it was made. A value larger than the file's makes it grow
 * when it is opened; a default or smaller one changes nothing.
 */
public final class ChronicleConfig extends StoreConfig<ChronicleConfig> {
  static final StoreOptionList OPTIONS = new StoreOptionList();

  /** The option {@code maxTraces}. */
  public static final StoreOption<Long> MAX_TRACES =
      OPTIONS.add(
          StoreOption.ofLong(
              "maxTraces",
              100_000,
              1,
              10_000_000_000L,
              "How many traces it takes before it refuses. A file opened with a larger number grows."));

  /** The option {@code averageTraceBytes}. */
  public static final StoreOption<Integer> AVERAGE_TRACE_BYTES =
      OPTIONS.add(
          StoreOption.ofInt(
              "averageTraceBytes",
              4_096,
              128,
              1 << 30,
              "How many bytes a trace takes on average, encoded and with its events: the size of the file follows from it."));

  /** The option {@code maxBloatFactor}. */
  public static final StoreOption<Double> MAX_BLOAT_FACTOR =
      OPTIONS.add(
          StoreOption.ofDouble(
              "maxBloatFactor",
              1.5,
              1,
              1_000,
              "How many times maxTraces * averageTraceBytes the file holds, uneven filling included."));

  /** The option {@code create}. */
  public static final StoreOption<Boolean> CREATE =
      OPTIONS.add(StoreOption.ofBoolean("create", true, "Whether a missing file is made."));

  /** The option {@code indexedAttributes}. */
  public static final StoreOption<List<String>> INDEXED_ATTRIBUTES =
      OPTIONS.add(DataTerms.INDEXED_ATTRIBUTES);

  private ChronicleConfig(StoreUri uri) {
    super(new ChronicleTraceStoreProvider(), uri);
  }

  /** The map in the file {@code path}, beside which another with the ending {@code .lock} lies. */
  public static ChronicleConfig of(String path) {
    return of(Path.of(path));
  }

  /** The map in the file {@code path}, beside which another with the ending {@code .lock} lies. */
  public static ChronicleConfig of(Path path) {
    String name = path.toString();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    return new ChronicleConfig(
        StoreUri.of(ChronicleTraceStoreProvider.SCHEME, StoreUri.encodeBody(name), Map.of()));
  }

  /** A private map outside of the heap, which lives as long as the store, with the defaults. */
  public static ChronicleConfig offHeap() {
    return new ChronicleConfig(StoreUri.of(ChronicleTraceStoreProvider.SCHEME, "", Map.of()));
  }

  /** How many traces it takes before it refuses. */
  public ChronicleConfig maxTraces(long maxTraces) {
    return with(MAX_TRACES, maxTraces);
  }

  /** How many bytes a trace takes on average. */
  public ChronicleConfig averageTraceBytes(int averageTraceBytes) {
    return with(AVERAGE_TRACE_BYTES, averageTraceBytes);
  }

  /** How many times {@code maxTraces * averageTraceBytes} there is room for. */
  public ChronicleConfig maxBloatFactor(double maxBloatFactor) {
    return with(MAX_BLOAT_FACTOR, maxBloatFactor);
  }

  /** Whether a missing file is made. */
  public ChronicleConfig create(boolean create) {
    return with(CREATE, create);
  }

  /** Sets the keys of attributes by which traces are fast to find. */
  public ChronicleConfig indexedAttributes(List<String> keys) {
    return with(INDEXED_ATTRIBUTES, keys);
  }

  @Override
  protected ChronicleConfig withUri(StoreUri uri) {
    return new ChronicleConfig(uri);
  }
}

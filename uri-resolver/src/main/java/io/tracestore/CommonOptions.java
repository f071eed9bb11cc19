package io.tracestore;

import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The options that every URI takes; a provider that declares one of that name gets it instead. */
final class CommonOptions {
  private static final StoreOption<Long> RETENTION =
      StoreOption.ofMillis(
          "retention",
          0,
          0,
          Long.MAX_VALUE / 1_000_000,
          "Traces that started longer ago are removed in the background; 0 keeps them.");

  private static final StoreOption<Integer> MAX_SIZE =
      StoreOption.ofMebibytes(
          "maxSize",
          0,
          0,
          Integer.MAX_VALUE,
          "Above this size the oldest traces are removed in the background; 0 for any size.");

  private static final StoreOption<Long> RETENTION_INTERVAL =
      StoreOption.ofMillis(
          "retentionInterval",
          RetentionPolicy.DEFAULT_INTERVAL.toMillis(),
          1,
          Duration.ofDays(365).toMillis(),
          "How often retention and maxSize are checked.");

  static final List<StoreOption<?>> ALL = List.of(RETENTION, MAX_SIZE, RETENTION_INTERVAL);

  private CommonOptions() {}

  /** The provider's options and those of all that it does not declare itself. */
  static List<StoreOption<?>> with(TraceStoreProvider provider) {
    List<StoreOption<?>> all = new ArrayList<>(provider.options());
    ALL.stream().filter(option -> !isDeclared(provider, option)).forEach(all::add);
    return all;
  }

  private static boolean isDeclared(TraceStoreProvider provider, StoreOption<?> common) {
    return provider.options().stream().anyMatch(option -> option.name().equals(common.name()))
        || provider.driverOptions().contains(common.name());
  }

  /** {@code uri} as the provider gets it. */
  static StoreUri without(StoreUri uri, TraceStoreProvider provider) {
    Set<String> own =
        ALL.stream()
            .filter(option -> !isDeclared(provider, option))
            .map(StoreOption::name)
            .collect(Collectors.toSet());
    return uri.withoutOptions(own);
  }

  /**
   * The retention policy of a URI; empty if it has none, or if the provider handles its options
   * itself.
   */
  static Optional<RetentionPolicy> retention(StoreOptions options, TraceStoreProvider provider) {
    long age = isDeclared(provider, RETENTION) ? 0 : options.get(RETENTION);
    long mebibytes = isDeclared(provider, MAX_SIZE) ? 0 : options.get(MAX_SIZE);
    if (age == 0 && mebibytes == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new RetentionPolicy(
            age == 0 ? null : Duration.ofMillis(age),
            mebibytes == 0 ? null : mebibytes << 20,
            isDeclared(provider, RETENTION_INTERVAL)
                ? RetentionPolicy.DEFAULT_INTERVAL
                : Duration.ofMillis(options.get(RETENTION_INTERVAL))));
  }
}

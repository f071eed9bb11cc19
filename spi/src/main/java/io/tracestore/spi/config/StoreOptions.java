package io.tracestore.spi.config;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.internal.NearestName;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The options of one URI, checked against those its provider declares. Immutable. */
public final class StoreOptions {
  private final Map<String, StoreOption<?>> declared;
  private final Map<String, Object> values;
  private final Map<String, String> driverOptions;

  private StoreOptions(
      Map<String, StoreOption<?>> declared,
      Map<String, Object> values,
      Map<String, String> driverOptions) {
    this.declared = declared;
    this.values = values;
    this.driverOptions = Collections.unmodifiableMap(driverOptions);
  }

  /**
   * Checks and types the options of {@code uri}.
   *
   * @param declared the options that the provider knows
   * @throws StoreConfigurationException if one is unknown (it lists the known ones and suggests the
   *     nearest) or has a wrong value (it says what is right)
   */
  public static StoreOptions of(StoreUri uri, Collection<StoreOption<?>> declared) {
    return of(uri, declared, List.of());
  }

  /**
   * Checks and types the options of {@code uri}, except those that go to a driver as they are.
   *
   * @param declared the options that the provider knows
   * @param ofDriver names of further options, which the provider hands on; one that is also
   *     declared is the provider's
   * @throws StoreConfigurationException if one is unknown (it lists the known ones and suggests the
   *     nearest) or has a wrong value (it says what is right)
   */
  public static StoreOptions of(
      StoreUri uri, Collection<StoreOption<?>> declared, Collection<String> ofDriver) {
    Map<String, StoreOption<?>> byName = new LinkedHashMap<>();
    Map<String, StoreOption<?>> aliases = new LinkedHashMap<>();
    for (StoreOption<?> option : declared) {
      byName.put(option.name(), option);
      option.aliases().forEach(alias -> aliases.put(alias.name(), option));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> driverOptions = new LinkedHashMap<>();
    uri.options()
        .forEach((name, text) -> {
          StoreOption<?> option = byName.getOrDefault(name, aliases.get(name));
          if (option != null) {
            if (values.put(option.name(), parse(uri.scheme(), option, name, text)) != null) {
              throw new StoreConfigurationException(
                  "%s: option '%s' is given under two names; keep one"
                      .formatted(uri.scheme(), option),
                  null);
            }
          } else if (ofDriver.contains(name)) {
            driverOptions.put(name, text);
          } else {
            throw unknown(uri.scheme(), name, byName.keySet(), ofDriver);
          }
        });
    return new StoreOptions(byName, values, driverOptions);
  }

  private static Object parse(String scheme, StoreOption<?> option, String name, String text) {
    try {
      for (StoreOption<?> alias : option.aliases()) {
        if (alias.name().equals(name)) {
          return option.parseAs(alias, text);
        }
      }
      return option.parse(text);
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException(scheme + ": " + e.getMessage(), e);
    }
  }

  private static StoreConfigurationException unknown(
      String scheme, String name, Collection<String> declared, Collection<String> ofDriver) {
    List<String> all = Stream.concat(declared.stream(), ofDriver.stream()).toList();
    String known = declared.isEmpty() ? "none" : String.join(", ", declared);
    return new StoreConfigurationException(
        "unknown option '%s' for %s:%s; known: %s%s"
            .formatted(
                name,
                scheme,
                NearestName.suggestion(name, all),
                known,
                ofDriver.isEmpty() ? "" : ", and those of the driver"),
        null);
  }

  /**
   * The value of {@code option}, or its default.
   *
   * @throws IllegalArgumentException if the provider does not declare it
   * @throws StoreConfigurationException if it has neither
   */
  public <T> T get(StoreOption<T> option) {
    return find(option)
        .orElseThrow(() ->
            new StoreConfigurationException("option '" + option.name() + "' is missing", null));
  }

  /** The value of {@code option}, or its default, or empty if it has neither. */
  @SuppressWarnings("unchecked") // the value was parsed by this very option
  public <T> Optional<T> find(StoreOption<T> option) {
    if (declared.get(option.name()) != option) {
      throw new IllegalArgumentException("not an option of this provider: " + option.name());
    }
    Object value = values.get(option.name());
    return Optional.ofNullable(value != null ? (T) value : option.defaultValue());
  }

  /** The options that go to the driver as they are, in the order of the URI. */
  public Map<String, String> driverOptions() {
    return driverOptions;
  }

  /** Whether the URI gives {@code option}. */
  public boolean isSet(StoreOption<?> option) {
    return values.containsKey(option.name());
  }
}

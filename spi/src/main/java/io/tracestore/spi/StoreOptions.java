package io.tracestore.spi;

import io.tracestore.spi.internal.NearestName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of one URI, checked against those its provider declares. Immutable. */
public final class StoreOptions {
  private final Map<String, StoreOption<?>> declared;
  private final Map<String, Object> values;

  private StoreOptions(Map<String, StoreOption<?>> declared, Map<String, Object> values) {
    this.declared = declared;
    this.values = values;
  }

  /**
   * Checks and types the options of {@code uri}.
   *
   * @param declared the options that the provider knows
   * @throws StoreConfigurationException if one is unknown (it lists the known ones and suggests the
   *     nearest) or has a wrong value (it says what is right)
   */
  public static StoreOptions of(StoreUri uri, Collection<StoreOption<?>> declared) {
    Map<String, StoreOption<?>> byName = new LinkedHashMap<>();
    declared.forEach(option -> byName.put(option.name(), option));
    Map<String, Object> values = new LinkedHashMap<>();
    uri.options()
        .forEach((name, text) -> values.put(name, parse(uri.scheme(), byName, name, text)));
    return new StoreOptions(byName, values);
  }

  private static Object parse(
      String scheme, Map<String, StoreOption<?>> declared, String name, String text) {
    StoreOption<?> option = declared.get(name);
    if (option == null) {
      List<String> known = List.copyOf(declared.keySet());
      throw new StoreConfigurationException(
          "unknown option '%s' for %s:%s; known: %s"
              .formatted(
                  name,
                  scheme,
                  NearestName.suggestion(name, known),
                  known.isEmpty() ? "none" : String.join(", ", known)),
          null);
    }
    try {
      return option.parse(text);
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException(scheme + ": " + e.getMessage(), e);
    }
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

  /** Whether the URI gives {@code option}. */
  public boolean isSet(StoreOption<?> option) {
    return values.containsKey(option.name());
  }
}

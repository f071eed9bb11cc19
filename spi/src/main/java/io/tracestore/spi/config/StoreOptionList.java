package io.tracestore.spi.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The options of one provider in the order of their declaration. Each constant adds itself:
 *
 * <pre>{@code
 * static final StoreOptionList OPTIONS = new StoreOptionList();
 * public static final StoreOption<Integer> MAX_CONNECTIONS =
 *     OPTIONS.add(StoreOption.ofInt("maxConnections", 10, 1, 1_000, "Connections that read at once."));
 * }</pre>
 *
 * <p>Filled while a class is initialized, by one thread; read by many afterwards.
 */
public final class StoreOptionList {
  private final List<StoreOption<?>> options = new ArrayList<>();

  /** An empty list. */
  public StoreOptionList() {}

  /**
   * Adds {@code option} at the end and returns it.
   *
   * @throws IllegalArgumentException if there is one of its name already
   */
  public <T> StoreOption<T> add(StoreOption<T> option) {
    if (options.stream().anyMatch(other -> other.name().equals(option.name()))) {
      throw new IllegalArgumentException("option '" + option.name() + "' is declared twice");
    }
    options.add(option);
    return option;
  }

  /** The options; the list cannot be changed. */
  public List<StoreOption<?>> all() {
    return Collections.unmodifiableList(options);
  }
}

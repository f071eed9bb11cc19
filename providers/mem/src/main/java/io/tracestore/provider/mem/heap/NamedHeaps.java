package io.tracestore.provider.mem.heap;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOption;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The data of the named stores that are open in this JVM. Kept as long as one store uses them. */
public final class NamedHeaps {
  private static final ConcurrentMap<String, Shared> OPEN = new ConcurrentHashMap<>();

  private record Shared(TraceHeap heap, int users) {}

  private NamedHeaps() {}

  /**
   * The data of {@code name}, made by the first to ask. Each call needs one {@link #release}.
   *
   * @param config the options that it gives must agree if the data are there already
   */
  public static TraceHeap acquire(String name, MemorySettings config) {
    Shared shared =
        OPEN.compute(
            name,
            (key, open) -> {
              if (open == null) {
                return new Shared(new TraceHeap(config), 1);
              }
              config.given().forEach(option -> requireSame(option, open.heap().config(), config));
              return new Shared(open.heap(), open.users() + 1);
            });
    return Objects.requireNonNull(shared).heap();
  }

  public static void release(String name) {
    OPEN.computeIfPresent(
        name, (key, open) -> open.users() == 1 ? null : new Shared(open.heap(), open.users() - 1));
  }

  private static void requireSame(
      StoreOption<?> option, MemorySettings open, MemorySettings wanted) {
    if (!open.textOf(option).equals(wanted.textOf(option))) {
      throw new StoreConfigurationException(
          "mem:%s is open with %s=%s, not %s; leave option '%2$s' out or close the other store"
              .formatted(
                  open.sharedName(), option.name(), open.textOf(option), wanted.textOf(option)),
          null);
    }
  }
}

package io.tracestore.provider.postgresql.write;

import io.tracestore.provider.postgresql.schema.Name;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers that names had when this process read them last. They may be others by now: a writer
 * takes them for a guess, and reads the numbers in the transaction that uses them. Bounded; the
 * least recently used are forgotten. Safe for many threads.
 */
final class RememberedNumbers {
  private static final int MOST = 10_000;

  /** A longer name is rare, and not remembered. */
  private static final int LONGEST = 200;

  private final LinkedHashMap<Name, Integer> numbers = new LinkedHashMap<>(16, 0.75f, true);

  /** The numbers of those of {@code names} that are remembered. */
  synchronized Map<Name, Integer> of(Collection<Name> names) {
    Map<Name, Integer> known = HashMap.newHashMap(names.size());
    for (Name name : names) {
      Integer number = numbers.get(name);
      if (number != null) {
        known.put(name, number);
      }
    }
    return known;
  }

  /**
   * Replaces the numbers of {@code names} by those that were read; names without a number are
   * forgotten.
   */
  synchronized void replace(Collection<Name> names, Map<Name, Integer> read) {
    for (Name name : names) {
      Integer number = read.get(name);
      if (number == null) {
        numbers.remove(name);
      } else if (name.text().length() <= LONGEST) {
        numbers.put(name, number);
      }
    }
    while (numbers.size() > MOST) {
      numbers.pollFirstEntry();
    }
  }
}

package io.tracestore.provider.sqlite.read;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Names by their numbers, for all readers of a store. The number of a name in a file never changes,
 * so an entry is never wrong; when the cache is full it starts over.
 */
public final class NameCache {
  private static final int REMEMBERED = 10_000;
  private static final int LONGEST_REMEMBERED = 1_000;

  private final ConcurrentMap<Long, String> names = new ConcurrentHashMap<>();

  @Nullable String get(long key) {
    return names.get(key);
  }

  public void put(long key, String name) {
    if (name.length() > LONGEST_REMEMBERED) {
      return;
    }
    if (names.size() >= REMEMBERED) {
      names.clear();
    }
    names.put(key, name);
  }
}

package io.tracestore.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map of texts in the order of its keys: two arrays, which take a third of the memory
 * of a linked hash map, and less time to make and to walk through.
 *
 * @param <V> its values, none of which is null
 */
final class SortedTexts<V> extends AbstractMap<String, V> {
  private final String[] keys;
  private final Object[] values;

  /**
   * @param entries in ascending order of their keys, which are distinct
   */
  SortedTexts(Collection<Map.Entry<String, V>> entries) {
    keys = new String[entries.size()];
    values = new Object[entries.size()];
    int index = 0;
    for (Map.Entry<String, V> entry : entries) {
      keys[index] = entry.getKey();
      values[index++] = entry.getValue();
    }
  }

  @SuppressWarnings("unchecked") // the constructor put it there
  private V valueAt(int index) {
    return (V) values[index];
  }

  private int indexOf(@Nullable Object key) {
    return key instanceof String text ? Arrays.binarySearch(keys, text) : -1;
  }

  @Override
  public int size() {
    return keys.length;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return indexOf(key) >= 0;
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    int index = indexOf(key);
    return index < 0 ? null : valueAt(index);
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super V> action) {
    for (int i = 0; i < keys.length; i++) {
      action.accept(keys[i], valueAt(i));
    }
  }

  @Override
  public Set<Map.Entry<String, V>> entrySet() {
    return new Entries();
  }

  private final class Entries extends AbstractSet<Map.Entry<String, V>> {
    @Override
    public int size() {
      return keys.length;
    }

    @Override
    public Iterator<Map.Entry<String, V>> iterator() {
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < keys.length;
        }

        @Override
        public Map.Entry<String, V> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          Map.Entry<String, V> entry = Map.entry(keys[next], valueAt(next));
          next++;
          return entry;
        }
      };
    }
  }
}

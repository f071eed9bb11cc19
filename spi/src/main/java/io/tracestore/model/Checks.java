package io.tracestore.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The checks that the records of this package share. Each names the field it refuses. */
final class Checks {
  /** The largest value of an unsigned 32-bit field (Rust's u32). */
  static final long MAX_U32 = 0xFFFF_FFFFL;

  private Checks() {}

  /** Refuses text that no UTF-8 store could give back: an unpaired surrogate, or too long. */
  static String text(String field, String value) {
    Objects.requireNonNull(value, field);
    if (value.length() > FlowTrace.MAX_TEXT_LENGTH) {
      throw new IllegalArgumentException(
          "%s is longer than %d characters: %d"
              .formatted(field, FlowTrace.MAX_TEXT_LENGTH, value.length()));
    }
    int length = value.length();
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        i++;
        continue;
      }
      throw new IllegalArgumentException(
          "%s has an unpaired surrogate at index %d: \\u%04x".formatted(field, i, (int) c));
    }
    return value;
  }

  static Instant instant(String field, Instant value) {
    Objects.requireNonNull(value, field);
    if (!EpochNanos.isRepresentable(value)) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s: %s"
              .formatted(field, EpochNanos.MIN, EpochNanos.MAX, value));
    }
    return value;
  }

  static long notNegative(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("%s must not be negative: %d".formatted(field, value));
    }
    return value;
  }

  static long u32(String field, long value) {
    if (value < 0 || value > MAX_U32) {
      throw new IllegalArgumentException(
          "%s must be between 0 and %d: %d".formatted(field, MAX_U32, value));
    }
    return value;
  }

  /** An unmodifiable copy without nulls. */
  static <E> List<E> copy(String field, List<E> list) {
    Objects.requireNonNull(list, field);
    try {
      return List.copyOf(list);
    } catch (NullPointerException e) {
      throw new NullPointerException(field + " has a null element");
    }
  }

  /** An unmodifiable copy whose keys iterate in their natural order. */
  static <V> Map<String, V> sortedCopy(String field, Map<String, V> map) {
    Objects.requireNonNull(map, field);
    if (map instanceof SortedTexts) {
      return map;
    }
    String before = null;
    boolean isSorted = true;
    for (Map.Entry<String, V> entry : map.entrySet()) {
      String key = entry.getKey();
      text(field + " key", key);
      if (entry.getValue() == null) {
        throw new NullPointerException("%s '%s' is null".formatted(field, key));
      }
      isSorted &= before == null || before.compareTo(key) < 0;
      before = key;
    }
    if (map.size() <= 1) {
      return Map.copyOf(map);
    }
    return new SortedTexts<>((isSorted ? map : new TreeMap<>(map)).entrySet());
  }
}

package io.tracestore.compat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Differences between an answer and the expected one, by id: each value once, long ones cut.
 *
 * @param missing ids that were expected
 * @param surplus ids that were not expected
 * @param details one line for each value that differs
 */
record Differences(List<String> missing, List<String> surplus, List<String> details) {
  private static final int LONGEST = 160;
  private static final int MOST_IDS = 5;

  static Differences between(@Nullable Object expected, @Nullable Object actual) {
    Differences differences =
        new Differences(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    differences.compare("", expected, actual);
    return differences;
  }

  /** All of them in few words. */
  String summary() {
    List<String> parts = new ArrayList<>();
    if (!missing.isEmpty()) {
      parts.add("missing " + some(missing));
    }
    if (!surplus.isEmpty()) {
      parts.add("surplus " + some(surplus));
    }
    if (!details.isEmpty()) {
      parts.add(
          details.size() == 1 ? details.getFirst() : "%d differences".formatted(details.size()));
    }
    return String.join("; ", parts);
  }

  private static String some(List<String> ids) {
    String first = String.join(", ", ids.subList(0, Math.min(MOST_IDS, ids.size())));
    return ids.size() <= MOST_IDS
        ? first
        : "%s and %d more".formatted(first, ids.size() - MOST_IDS);
  }

  private void compare(String path, @Nullable Object expected, @Nullable Object actual) {
    if (Objects.equals(expected, actual)) {
      return;
    }
    if (expected instanceof Optional<?> one && actual instanceof Optional<?> other) {
      compare(path, one.orElse(null), other.orElse(null));
    } else if (actual == null && expected != null && idOf(expected) != null) {
      missing.add(path + idOf(expected));
    } else if (expected == null && actual != null && idOf(actual) != null) {
      surplus.add(path + idOf(actual));
    } else if (expected instanceof Collection<?> ones
        && actual instanceof Collection<?> others
        && identified(ones)
        && identified(others)) {
      compareById(path, ones, others);
    } else if (expected instanceof Record one
        && actual instanceof Record other
        && one.getClass() == other.getClass()
        && one.getClass().getRecordComponents().length > 1) {
      compareComponents(path, one, other);
    } else {
      details.add(
          "%sexpected %s, was %s".formatted(label(path), shortened(expected), shortened(actual)));
    }
  }

  private void compareById(String path, Collection<?> expected, Collection<?> actual) {
    Map<String, Object> left = new LinkedHashMap<>();
    expected.forEach(each -> left.put(String.valueOf(idOf(each)), each));
    for (Object each : actual) {
      String id = String.valueOf(idOf(each));
      Object same = left.remove(id);
      if (same == null) {
        surplus.add(path + id);
      } else {
        compare(path + id + " ", same, each);
      }
    }
    left.keySet().forEach(id -> missing.add(path + id));
    if (missing.isEmpty() && surplus.isEmpty() && details.isEmpty()) {
      int place = 0;
      List<?> ones = List.copyOf(expected);
      List<?> others = List.copyOf(actual);
      int shorter = Math.min(ones.size(), others.size());
      while (place < shorter && ones.get(place).equals(others.get(place))) {
        place++;
      }
      details.add(
          place < shorter
              ? "%sorder, at place %d: expected %s, was %s"
                  .formatted(label(path), place, idOf(ones.get(place)), idOf(others.get(place)))
              : "%sexpected %d in a %s, was %d in a %s"
                  .formatted(
                      label(path), ones.size(), nameOf(expected), others.size(), nameOf(actual)));
    }
  }

  private void compareComponents(String path, Record expected, Record actual) {
    String at = path.isEmpty() && idOf(expected) != null ? idOf(expected) + " " : path;
    for (RecordComponent component : expected.getClass().getRecordComponents()) {
      try {
        compare(
            at.isEmpty() || at.endsWith(" ")
                ? at + component.getName()
                : at + "." + component.getName(),
            component.getAccessor().invoke(expected),
            component.getAccessor().invoke(actual));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static String nameOf(Object value) {
    return value.getClass().getSimpleName();
  }

  private static boolean identified(Collection<?> values) {
    return values.stream().allMatch(value -> idOf(value) != null);
  }

  private static @Nullable String idOf(@Nullable Object value) {
    return switch (value) {
      case FlowTrace trace -> "trace " + trace.traceId();
      case TraceEvent event -> "event " + event.eventId();
      case null, default -> null;
    };
  }

  private static String label(String path) {
    return path.isEmpty() ? "" : path.strip() + ": ";
  }

  private static String shortened(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= LONGEST
        ? text
        : "%s… (%d characters)".formatted(text.substring(0, LONGEST), text.length());
  }
}

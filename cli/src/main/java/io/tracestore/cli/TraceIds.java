package io.tracestore.cli;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Trace ids as people give them. */
final class TraceIds {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
  private static final int DIGITS = 32;
  private static final int SHORT_DIGITS = 16;

  private TraceIds() {}

  /** A UUID, with or without hyphens, or the 16 digits of a short Zipkin id. */
  static TraceId parse(String text) {
    String digits = digits(text);
    if (digits.length() == SHORT_DIGITS) {
      digits = "0".repeat(DIGITS - SHORT_DIGITS) + digits;
    }
    if (digits.length() != DIGITS) {
      throw CommandFailedException.usage(
          "a trace id is a UUID, or 16 or 32 hexadecimal digits: '%s'".formatted(text), null);
    }
    return TraceId.of(digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
  }

  private static String digits(String text) {
    String digits = text.toLowerCase(Locale.ROOT).replace("-", "");
    if (!HEX.matcher(digits).matches() || digits.length() > DIGITS) {
      throw CommandFailedException.usage(
          "a trace id is a UUID, or its first digits: '%s'".formatted(text), null);
    }
    return digits;
  }

  /** The header of an id, or of the only one that begins (or ends) with these digits. */
  static FlowTrace find(TraceStore store, String text) {
    String digits = digits(text);
    TraceId id;
    if (digits.length() == DIGITS || digits.length() == SHORT_DIGITS) {
      id = parse(text);
    } else {
      id = search(store, digits, text);
    }
    return store
        .getHeader(id)
        .orElseThrow(() -> CommandFailedException.failed("no such trace: " + id));
  }

  private static TraceId search(TraceStore store, String digits, String text) {
    List<TraceId> found = new ArrayList<>();
    try (TraceCursor cursor = store.openCursor(TraceQuery.builder().withEvents(false).build())) {
      while (cursor.hasNext() && found.size() < 2) {
        TraceId id = cursor.next().traceId();
        String all = id.toString().replace("-", "");
        if (all.startsWith(digits) || all.endsWith(digits)) {
          found.add(id);
        }
      }
    }
    if (found.isEmpty()) {
      throw CommandFailedException.failed("no trace's id begins or ends with '%s'".formatted(text));
    }
    if (found.size() > 1) {
      throw CommandFailedException.failed(
          "several traces' ids begin or end with '%s', such as %s and %s"
              .formatted(text, found.get(0), found.get(1)));
    }
    return found.getFirst();
  }
}

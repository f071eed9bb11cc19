package io.tracestore.bench.app;

import io.tracestore.bench.Subject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One measurement of a plan, which has processes of its own.
 *
 * @param subject what is measured
 * @param other what is measured beside it, in turn; empty if it is measured alone
 * @param peer the name of the other in reports; empty if there is none
 */
record Cell(Subject subject, Optional<Subject> other, String peer) {
  private static final int LONGEST_NAME = 150;

  /** A subject by itself. */
  static Cell alone(Subject subject) {
    return new Cell(subject, Optional.empty(), "");
  }

  /** A subject beside another, which reports call {@code peer}. */
  static Cell beside(Subject subject, Subject other, String peer) {
    return new Cell(subject, Optional.of(other), peer);
  }

  List<Subject> subjects() {
    return Stream.concat(Stream.of(subject), other.stream()).toList();
  }

  /** Such as {@code sqlite: storeTrace, 16 threads, 100k events beside storeTraces}. */
  String title() {
    String title =
        "%s %s, %s events"
            .formatted(subject.store(), subject.title(), Numbers.count(subject.events()));
    return peer.isEmpty() ? title : title + " beside " + peer;
  }

  /** A name that no other cell has, fit for a file. */
  String key() {
    String text = subject + "-" + other + "-" + peer;
    String safe = title().replaceAll("[^A-Za-z0-9-]", "_");
    // Two labels may differ only in what is not safe.
    return "%s-%08x"
        .formatted(safe.substring(0, Math.min(LONGEST_NAME, safe.length())), text.hashCode());
  }
}

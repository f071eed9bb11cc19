package io.tracestore.bench.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The measurements of a run, by subject. */
final class Results {
  private static final List<String> ORDER =
      List.of(
          "storeTrace",
          "storeTraces",
          "writerWrite",
          "storeEvent",
          "getTraceHot",
          "getTraceCold",
          "getEvents",
          "queryTraces",
          "openCursor",
          "eventMetrics",
          "actorGraph",
          "mixed",
          "open");

  private final Map<Measurement.Subject, Figure> figures = new LinkedHashMap<>();

  /**
   * The numbers of one subject; NaN for those that were not measured.
   *
   * @param subject what was measured
   * @param perSecond operations, of all threads together
   * @param latency the times; null if only throughput was measured
   * @param bytesAllocated for each operation
   * @param bytesPerEvent that the store takes
   * @param rates operations per second in each round
   * @param ratios to peers that were measured in turn
   */
  record Figure(
      Measurement.Subject subject,
      double perSecond,
      Optional<Measurement> latency,
      double bytesAllocated,
      double bytesPerEvent,
      List<Double> rates,
      List<Ratio> ratios) {
    /** Microseconds that {@code percent} of the calls took at most. */
    double micros(double percent) {
      return latency.map(m -> m.percentiles().getOrDefault(percent, Double.NaN)).orElse(Double.NaN);
    }
  }

  Results(List<Measurement> measurements) {
    for (Measurement measurement : measurements) {
      if (measurement.subject().isOfSuite()) {
        figures.merge(measurement.subject(), figure(measurement), Results::merge);
      }
    }
  }

  private static Figure figure(Measurement measurement) {
    return new Figure(
        measurement.subject(),
        measurement.perSecond(),
        measurement.throughput() ? Optional.empty() : Optional.of(measurement),
        measurement.bytesAllocated(),
        measurement.bytesPerEvent(),
        measurement.throughput() ? measurement.samples() : List.of(),
        measurement.ratios());
  }

  /**
   * A throughput that was measured as such counts more than one that was computed. Of a subject
   * that was measured beside several peers, the first measurement counts, with the ratios of all.
   */
  private static Figure merge(Figure one, Figure other) {
    Figure direct = one.rates().isEmpty() ? other : one;
    return new Figure(
        one.subject(),
        direct.perSecond(),
        one.latency().or(other::latency),
        direct.bytesAllocated(),
        Double.isNaN(one.bytesPerEvent()) ? other.bytesPerEvent() : one.bytesPerEvent(),
        direct.rates(),
        Stream.concat(one.ratios().stream(), other.ratios().stream()).toList());
  }

  List<Figure> figures() {
    return List.copyOf(figures.values());
  }

  boolean isEmpty() {
    return figures.isEmpty();
  }

  /** The labels of the stores, in the order of the run. */
  List<String> stores() {
    Set<String> stores = new LinkedHashSet<>();
    figures.keySet().forEach(subject -> stores.add(subject.store()));
    return List.copyOf(stores);
  }

  /** The sizes at which {@code store} was measured, ascending. */
  List<Long> sizes(String store) {
    Set<Long> sizes = new TreeSet<>();
    for (Measurement.Subject subject : figures.keySet()) {
      if (subject.store().equals(store) && !subject.isBaseline()) {
        sizes.add(subject.events());
      }
    }
    return List.copyOf(sizes);
  }

  /** The smallest size of all: where everything was measured. */
  long baseSize() {
    return figures.keySet().stream().mapToLong(Measurement.Subject::events).min().orElse(0);
  }

  /** The titles of what was measured at the smallest size, in an order that people know. */
  List<String> titles() {
    List<Measurement.Subject> subjects = new ArrayList<>();
    for (Measurement.Subject subject : figures.keySet()) {
      if (subject.events() == baseSize() && !subject.isBaseline()) {
        subjects.add(subject);
      }
    }
    subjects.sort((a, b) -> {
      int byOperation = Integer.compare(ORDER.indexOf(a.operation()), ORDER.indexOf(b.operation()));
      return byOperation != 0 ? byOperation : Integer.compare(a.threads(), b.threads());
    });
    Set<String> titles = new LinkedHashSet<>();
    subjects.forEach(subject -> titles.add(subject.title()));
    return List.copyOf(titles);
  }

  /** The figure of a store by title, at a size. */
  Optional<Figure> find(String store, String title, long events) {
    return find(false, store, title, events);
  }

  /** The figure of the engine alone for the same subject; empty if it was not measured. */
  Optional<Figure> baseline(Figure figure) {
    Measurement.Subject subject = figure.subject();
    return find(true, subject.store(), subject.title(), subject.events());
  }

  private Optional<Figure> find(boolean baseline, String store, String title, long events) {
    return figures.values().stream()
        .filter(figure ->
            figure.subject().isBaseline() == baseline
                && figure.subject().store().equals(store)
                && figure.subject().events() == events
                && figure.subject().title().equals(title))
        .findFirst();
  }

  /** The ratio of a store to its baseline; empty if that was not measured, or is too noisy. */
  Optional<Ratio> ratio(Figure figure) {
    return baseline(figure)
        .flatMap(base -> figure.ratios().stream().findFirst())
        .filter(ratio -> !ratio.isNoisy());
  }

  /** Bytes for each event at the largest size that tells them. */
  double bytesPerEvent(String store) {
    double bytes = Double.NaN;
    for (long size : sizes(store)) {
      double here = find(store, "open", size).map(Figure::bytesPerEvent).orElse(Double.NaN);
      bytes = Double.isNaN(here) ? bytes : here;
    }
    return bytes;
  }
}

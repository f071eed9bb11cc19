package io.tracestore.bench;

import java.util.List;

/**
 * One thing to measure: an operation of a store, or of its {@link Baseline}.
 *
 * @param baseline whether of the baseline, not of the store
 * @param operation the name of the call, as {@link Works} knows it
 * @param variant how it is called, such as the filter of a query; empty if there is one way
 * @param store the label of the store, see {@link Targets}
 * @param events about how many events the store holds before
 * @param threads how many threads call
 */
public record Subject(
    boolean baseline, String operation, String variant, String store, int events, int threads) {
  /** How many arguments make a subject. */
  static final int ARGUMENTS = 6;

  /** A subject of one thread, without a variant. */
  public static Subject of(String operation, String store, int events) {
    return new Subject(false, operation, "", store, events, 1);
  }

  /** The same operation with another variant. */
  public Subject variant(String other) {
    return new Subject(baseline, operation, other, store, events, threads);
  }

  /** The same operation at another size. */
  public Subject events(int other) {
    return new Subject(baseline, operation, variant, store, other, threads);
  }

  /** The same operation called by several threads. */
  public Subject threads(int other) {
    return new Subject(baseline, operation, variant, store, events, other);
  }

  /** The same operation of the baseline. */
  public Subject ofBaseline() {
    return new Subject(true, operation, variant, store, events, threads);
  }

  /** Such as {@code queryTraces ACTOR} or {@code storeTrace, 16 threads}. */
  public String title() {
    return operation
        + (variant.isEmpty() ? "" : " " + variant)
        + (threads > 1 ? ", " + threads + " threads" : "");
  }

  /** As {@link #ofArguments} reads it. */
  List<String> toArguments() {
    return List.of(
        String.valueOf(baseline),
        operation,
        variant,
        store,
        String.valueOf(events),
        String.valueOf(threads));
  }

  static Subject ofArguments(List<String> arguments) {
    return new Subject(
        Boolean.parseBoolean(arguments.get(0)),
        arguments.get(1),
        arguments.get(2),
        arguments.get(3),
        Integer.parseInt(arguments.get(4)),
        Integer.parseInt(arguments.get(5)));
  }
}

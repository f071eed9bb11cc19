package io.tracestore.codec;

import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains the dictionaries of one store, as its events come: with the first thousand whose bodies
 * are large enough, and with a thousand out of each hundred thousand later, in case that they are
 * not like the first. A dictionary that saves less than a tenth beside the newest one is dropped.
 * Training takes some 30 ms of the thread that brings the last sample; the samples so far, fewer
 * than a thousand events, are kept in memory until then.
 *
 * <p>Safe for use by many threads. No argument may be null.
 */
public final class DictionaryTrainer {
  private static final int SAMPLES = 1_000;
  private static final int PERIOD = 100_000;

  /** Keeps the samples small; larger bodies are mostly payloads. */
  private static final int MAX_BODY_BYTES = 4 << 10;

  /** One sample in so many tests the dictionary that the others train. */
  private static final int TESTING = 5;

  private static final double WORTHWHILE = 0.9;

  private final Supplier<@Nullable CompressionDictionary> newest;
  private final Consumer<CompressionDictionary> save;
  private final AtomicLong bodies;
  private final List<TraceEvent> samples = new ArrayList<>();

  /**
   * @param newest gives the dictionary with which bodies are encoded; null if there is none
   * @param save keeps a dictionary, whose number means nothing yet
   */
  public DictionaryTrainer(
      Supplier<@Nullable CompressionDictionary> newest, Consumer<CompressionDictionary> save) {
    this.newest = newest;
    this.save = save;
    this.bodies = new AtomicLong(newest.get() == null ? 0 : SAMPLES);
  }

  /**
   * Takes an event that was encoded, and trains a dictionary if that was the last sample.
   *
   * @param body what {@link TraceBinary#encodeEventBody(TraceEvent, CompressionDictionary)}
   *     returned
   */
  public void add(TraceEvent event, byte[] body) {
    long length = TraceBinary.decodedLength(body, body.length);
    if (length < TraceBinary.MIN_DICTIONARY_BYTES || length > MAX_BODY_BYTES) {
      return;
    }
    if (bodies.getAndIncrement() % PERIOD < SAMPLES) {
      List<TraceEvent> all = sample(event);
      if (!all.isEmpty()) {
        train(all);
      }
    }
  }

  /** All samples if {@code event} is the last one, else none. */
  private synchronized List<TraceEvent> sample(TraceEvent event) {
    samples.add(event);
    if (samples.size() < SAMPLES) {
      return List.of();
    }
    List<TraceEvent> all = List.copyOf(samples);
    samples.clear();
    return all;
  }

  private void train(List<TraceEvent> all) {
    List<TraceEvent> training = new ArrayList<>();
    List<TraceEvent> testing = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      (i % TESTING == 0 ? testing : training).add(all.get(i));
    }
    CompressionDictionary before = newest.get();
    CompressionDictionary.train(1, training)
        .filter(trained -> bytes(testing, trained) < WORTHWHILE * bytes(testing, before))
        .ifPresent(save);
  }

  private static long bytes(List<TraceEvent> events, @Nullable CompressionDictionary dictionary) {
    return events.stream()
        .mapToLong(event -> TraceBinary.encodeEventBody(event, dictionary).length)
        .sum();
  }
}

package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.Bytes;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a store gets a dictionary. */
class DictionaryTrainerTest {
  private final List<CompressionDictionary> saved = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);

  private @Nullable CompressionDictionary newest() {
    return saved.isEmpty() ? null : saved.getLast();
  }

  private DictionaryTrainer trainer() {
    return new DictionaryTrainer(this::newest, saved::add);
  }

  private void add(DictionaryTrainer trainer, String key, int count) {
    for (int i = 0; i < count; i++) {
      TraceEvent event = CompressionDictionaryTest.event(key, random);
      trainer.add(event, TraceBinary.encodeEventBody(event, newest()));
    }
  }

  @Test
  void theThousandthLargeBodyTrainsADictionary() {
    DictionaryTrainer trainer = trainer();

    add(trainer, "http.request.header", 999);
    assertThat(saved).isEmpty();

    add(trainer, "http.request.header", 1);
    assertThat(saved).hasSize(1);
  }

  @Test
  void smallBodiesTrainNothing() {
    DictionaryTrainer trainer = trainer();
    TraceEvent small = TraceEvent.builder(TraceEventType.ACTOR_STARTED, "gateway").build();

    for (int i = 0; i < 2_000; i++) {
      trainer.add(small, TraceBinary.encodeEventBody(small));
    }

    assertThat(saved).isEmpty();
  }

  @Test
  void bodiesWithNothingInCommonTrainNothing() {
    DictionaryTrainer trainer = trainer();

    for (int i = 0; i < 2_000; i++) {
      byte[] content = new byte[400];
      random.nextBytes(content);
      TraceEventData data =
          TraceEventData.builder().message(MessageSnapshot.of("bytes", Bytes.of(content))).build();
      TraceEvent event =
          TraceEvent.builder(TraceEventType.MESSAGE_SENT, "gateway").data(data).build();
      trainer.add(event, TraceBinary.encodeEventBody(event));
    }

    assertThat(saved).isEmpty();
  }

  @Test
  void bodiesLikeTheFirstTrainNoSecondDictionary() {
    DictionaryTrainer trainer = trainer();

    add(trainer, "http.request.header", 102_000);

    assertThat(saved).hasSize(1);
  }

  @Test
  void otherBodiesTrainAnotherDictionaryLater() {
    DictionaryTrainer trainer = trainer();

    add(trainer, "http.request.header", 1_000);
    add(trainer, "messaging.destination.partition", 100_000);

    assertThat(saved).hasSize(2);
  }

  @Test
  void aStoreWithADictionaryWaitsForTheNextPeriod() {
    saved.add(
        CompressionDictionary.train(1, CompressionDictionaryTest.events(1, 1_000)).orElseThrow());
    DictionaryTrainer trainer = trainer();

    add(trainer, "messaging.destination.partition", 99_000);
    assertThat(saved).hasSize(1);

    add(trainer, "messaging.destination.partition", 1_000);
    assertThat(saved).hasSize(2);
  }
}

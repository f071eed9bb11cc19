package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.CorruptDataException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bodies that are compressed with what they have in common. */
class CompressionDictionaryTest {
  private static final CompressionDictionary DICTIONARY =
      CompressionDictionary.train(1, events(1, 1_000)).orElseThrow();

  private static final TraceEvent EVENT = events(2, 1).getFirst();

  /** Events with the same keys and some of the same values, in a body of 300 bytes. */
  static List<TraceEvent> events(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToObj(i -> event("http.request.header", random)).toList();
  }

  static TraceEvent event(String key, SplittableRandom random) {
    TraceEventData.Builder data = TraceEventData.builder();
    for (int i = 0; i < 10; i++) {
      data.attribute(key + "." + i, "value-" + random.nextInt(100));
    }
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, "gateway").data(data.build()).build();
  }

  private static TraceEvent decoded(byte[] body, @Nullable CompressionDictionary dictionary) {
    return TraceBinary.decodeEventBody(
        body, EVENT.eventId(), EVENT.timestamp(), EVENT.actorId(), dictionary);
  }

  @Test
  void aBodyWithKeysThatOthersHaveTooTakesLessThanHalf() {
    byte[] plain = TraceBinary.encodeEventBody(EVENT);

    byte[] body = TraceBinary.encodeEventBody(EVENT, DICTIONARY);

    assertThat(body).hasSizeLessThan(plain.length / 2);
    assertThat(decoded(body, DICTIONARY)).isEqualTo(EVENT);
  }

  @Test
  void aBodyNamesItsDictionaryAndItsLength() {
    byte[] plain = TraceBinary.encodeEventBody(EVENT);
    byte[] body = TraceBinary.encodeEventBody(EVENT, DICTIONARY);

    assertThat(TraceBinary.dictionaryOf(body)).isEqualTo(1);
    assertThat(TraceBinary.dictionaryOf(plain)).isZero();
    assertThat(TraceBinary.decodedLength(body, body.length)).isEqualTo(plain.length - 6);
  }

  @Test
  void aSmallBodyIsNotCompressed() {
    TraceEvent small = TraceEvent.builder(TraceEventType.ACTOR_STARTED, "gateway").build();

    assertThat(TraceBinary.encodeEventBody(small, DICTIONARY))
        .isEqualTo(TraceBinary.encodeEventBody(small));
  }

  @Test
  void aPayloadIsCompressedWithTheDictionaryToo() {
    TraceEventData large =
        TraceEventData.builder().attribute("payload", "again and ".repeat(10_000)).build();
    TraceEvent event = EVENT.toBuilder().data(large).build();

    byte[] body = TraceBinary.encodeEventBody(event, DICTIONARY);

    assertThat(TraceBinary.dictionaryOf(body)).isEqualTo(1);
    assertThat(decoded(body, DICTIONARY)).isEqualTo(event);
  }

  @Test
  void aStoredDictionaryReadsTheBodies() {
    byte[] body = TraceBinary.encodeEventBody(EVENT, DICTIONARY);

    CompressionDictionary stored = new CompressionDictionary(1, DICTIONARY.encoded());

    assertThat(decoded(body, stored)).isEqualTo(EVENT);
    assertThat(stored.encoded()).isEqualTo(DICTIONARY.encoded());
  }

  @Test
  void aBodyIsNotReadWithoutItsDictionary() {
    byte[] body = TraceBinary.encodeEventBody(EVENT, DICTIONARY);
    CompressionDictionary other = new CompressionDictionary(2, DICTIONARY.encoded());

    assertThatThrownBy(() -> decoded(body, null))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("cannot read an event's body: it needs dictionary 1, which is not there");
    assertThatThrownBy(() -> decoded(body, other))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("cannot read an event's body: it needs dictionary 1, which is not there");
  }

  @Test
  void anyChangedBitOfABodyIsFound() {
    byte[] body = TraceBinary.encodeEventBody(EVENT, DICTIONARY);
    List<Integer> missed = new ArrayList<>();
    for (int bit = 0; bit < body.length * 8; bit++) {
      byte[] changed = body.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        decoded(changed, DICTIONARY);
        missed.add(bit);
      } catch (CorruptDataException e) {
        // As it should be.
      }
    }
    assertThat(missed).isEmpty();
  }

  @Test
  void aChangedDictionaryIsFound() {
    byte[] changed = DICTIONARY.encoded();
    changed[changed.length / 2] ^= 1;

    assertThatThrownBy(() -> new CompressionDictionary(1, changed))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("cannot read a dictionary: the checksum of its ");
  }

  @Test
  void aNumberOfADictionaryThatCannotBeIsDamage() {
    assertThatThrownBy(() -> TraceBinary.dictionaryOf(new byte[] {2, 7, 9, 0, 0, 0, 0, 0}))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("damaged binary data: no number of a dictionary: 0, at byte 4");
    assertThatThrownBy(() -> TraceBinary.dictionaryOf(new byte[] {2, 7, 9}))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("damaged binary data: it ends too early, at byte 3");
  }

  @Test
  void tooFewEventsTrainNothing() {
    assertThat(CompressionDictionary.train(1, events(1, 3))).isEmpty();
  }
}

package io.tracestore.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.CorruptDataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceBinaryTest {

  private static final FlowTrace TRACE = ReflowFilesTest.expected();
  private static final TraceEvent EVENT = TRACE.events().get(1);

  /** An encoded value with its decoder. */
  record Sample(String name, Bytes encoded, Function<byte[], Object> decode) {
    Sample(String name, byte[] encoded, Function<byte[], Object> decode) {
      this(name, Bytes.of(encoded), decode);
    }

    byte[] bytes() {
      return encoded.toArray();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Sample> samples() {
    TraceEvent large = withPayload(new byte[2000]);
    return Stream.of(
        new Sample("trace", TraceBinary.encode(TRACE), TraceBinary::decode),
        new Sample("header", TraceBinary.encodeHeader(TRACE), TraceBinary::decodeHeader),
        new Sample("events", TraceBinary.encodeEvents(TRACE.events()), TraceBinary::decodeEvents),
        new Sample("event", TraceBinary.encodeEvent(EVENT), TraceBinary::decodeEvent),
        new Sample(
            "body",
            TraceBinary.encodeEventBody(EVENT),
            bytes ->
                TraceBinary.decodeEventBody(
                    bytes, EVENT.eventId(), EVENT.timestamp(), EVENT.actorId())),
        new Sample("compressed event", TraceBinary.encodeEvent(large), TraceBinary::decodeEvent));
  }

  // ---- version 2, to the byte ----

  @Test
  void headersOfVersion2KeepTheirBytes() {
    assertThat(HexFormat.of().formatHex(TraceBinary.encodeHeader(TRACE)))
        .isEqualTo(golden("header"));
    assertThat(TraceBinary.decodeHeader(HexFormat.of().parseHex(golden("header"))))
        .isEqualTo(TRACE.withEvents(List.of()));
  }

  @Test
  void eventsOfVersion2KeepTheirBytes() {
    assertThat(HexFormat.of().formatHex(TraceBinary.encodeEvent(EVENT))).isEqualTo(golden("event"));
    assertThat(TraceBinary.decodeEvent(HexFormat.of().parseHex(golden("event")))).isEqualTo(EVENT);
  }

  @Test
  void bodiesOfVersion2KeepTheirBytes() {
    assertThat(HexFormat.of().formatHex(TraceBinary.encodeEventBody(EVENT)))
        .isEqualTo(golden("body"));
    assertThat(
            TraceBinary.decodeEventBody(
                HexFormat.of().parseHex(golden("body")),
                EVENT.eventId(),
                EVENT.timestamp(),
                EVENT.actorId()))
        .isEqualTo(EVENT);
  }

  @Test
  void tracesOfVersion2KeepTheirBytes() {
    assertThat(HexFormat.of().formatHex(TraceBinary.encode(TRACE))).isEqualTo(golden("trace"));
    assertThat(TraceBinary.decode(HexFormat.of().parseHex(golden("trace")))).isEqualTo(TRACE);
  }

  @Test
  void blocksOfEventsOfVersion2KeepTheirBytes() {
    assertThat(HexFormat.of().formatHex(TraceBinary.encodeEvents(TRACE.events())))
        .isEqualTo(golden("events"));
    assertThat(TraceBinary.decodeEvents(HexFormat.of().parseHex(golden("events"))))
        .isEqualTo(TRACE.events());
  }

  @Test
  void compressedEventsOfVersion2AreRead() {
    // Not compared with what is written now: another release of zstd may compress otherwise.
    assertThat(TraceBinary.decodeEvent(HexFormat.of().parseHex(golden("compressed"))))
        .isEqualTo(withPayload(new byte[2000]));
  }

  // ---- damage ----

  @ParameterizedTest
  @MethodSource("samples")
  void anyChangedBitIsFound(Sample sample) {
    List<Integer> missed = new ArrayList<>();
    for (int bit = 0; bit < sample.bytes().length * 8; bit++) {
      byte[] changed = sample.bytes().clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      if (!isRefused(sample, changed)) {
        missed.add(bit);
      }
    }
    assertThat(missed).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void anyCutIsFound(Sample sample) {
    List<Integer> missed = new ArrayList<>();
    for (int length = 0; length < sample.bytes().length; length++) {
      if (!isRefused(sample, Arrays.copyOf(sample.bytes(), length))) {
        missed.add(length);
      }
    }
    assertThat(missed).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void bytesTooManyAreFound(Sample sample) {
    byte[] longer = Arrays.copyOf(sample.bytes(), sample.bytes().length + 1);

    assertThat(isRefused(sample, longer)).isTrue();
    assertThat(isRefused(sample, sealed(content(sample.bytes(), longer.length - 4)))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void garbageIsFoundEvenUnderAValidChecksum(Sample sample) {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] content = content(sample.bytes(), sample.bytes().length - 4);
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        content[1 + random.nextInt(content.length - 1)] = (byte) random.nextInt(256);
      }
      // Some of these are other valid values; none may fail in another way, or take much memory.
      Throwable error = catchThrowable(() -> sample.decode().apply(sealed(content)));
      if (error != null) {
        assertThat(error).isInstanceOf(CorruptDataException.class);
        assertThat(error.getMessage()).hasSizeLessThan(400).doesNotContain("\n");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aLaterVersionSaysSo(Sample sample) {
    byte[] later = sample.bytes().clone();
    later[0] = 3;

    assertThatThrownBy(() -> sample.decode().apply(later))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageEndingWith(": it has version 3, and this release reads 2: take a newer one");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void anEarlierVersionSaysHowToMove(Sample sample) {
    byte[] content = content(sample.bytes(), sample.bytes().length - 4);
    content[0] = 1;

    assertThatThrownBy(() -> sample.decode().apply(sealed(content)))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageEndingWith(
            ": it has version 1, and this release reads 2: export with the release that wrote it, and restore with this one");
  }

  @Test
  void oneKindIsNotReadAsAnother() {
    assertThatThrownBy(() -> TraceBinary.decode(TraceBinary.encodeHeader(TRACE)))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("cannot read a trace: it holds something else: kind 2");
  }

  @Test
  void aValueThatTheModelRefusesIsDamage() {
    byte[] content =
        HexFormat.of().parseHex("020400" + "10" + "08" + "ffffffffffffffffff01" + "00");

    assertThatThrownBy(
            () -> TraceBinary.decodeEventBody(sealed(content), EventId.random(), Instant.EPOCH, ""))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith(
            "damaged binary data: performanceMetrics.queueDepth must not be negative: -1");
  }

  @Test
  void textThatIsNotUtf8IsDamage() {
    byte[] content = HexFormat.of().parseHex("020400" + "08" + "02c328" + "00");

    assertThatThrownBy(
            () -> TraceBinary.decodeEventBody(sealed(content), EventId.random(), Instant.EPOCH, ""))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("damaged binary data: a text is not UTF-8");
  }

  @ParameterizedTest
  @CsvSource({
    "02040008ffffffff07, more is announced than there are bytes: 2147483647",
    "02040008ffffffffffffffffff01, more is announced than there are bytes: 18446744073709551615",
    "02040008ffffffffffffffffff02, a number has more than 64 bits",
    "02040020ffffffff07, more is announced than there are bytes: 2147483647",
    "02040001feffffff0f, more is announced than there are bytes: 2147483647",
    "02040b01, no such name: 0",
    "02840100, cannot be decompressed",
    "0284ffffffff0728b52ffd, no length of decompressed data: 2147483647",
    "0284ffffffffffffffffff0128b52ffd, no length of decompressed data: 18446744073709551615",
    "028400, no length of decompressed data: 0",
    "02040a, it ends too early",
    "02040c, no event type: 12",
    "0204001020, unknown flags: 32",
  })
  void lengthsThatCannotBeAreRefusedBeforeAnyMemoryIsTaken(String hex, String reason) {
    byte[] bytes = sealed(HexFormat.of().parseHex(hex));

    assertThatThrownBy(
            () -> TraceBinary.decodeEventBody(bytes, EventId.random(), Instant.EPOCH, ""))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(reason);
  }

  // ---- size ----

  @Test
  void metricsThatWereNotMeasuredTakeNoBytes() {
    TraceEvent event = TraceEvent.builder(TraceEventType.ACTOR_COMPLETED, "a").build();
    PerformanceMetrics depth = PerformanceMetrics.builder().queueDepth(3).build();
    PerformanceMetrics zeros = PerformanceMetrics.of(0, 0, 0, 0, 0);

    int nothing = bodyOf(event, PerformanceMetrics.NONE);

    assertThat(bodyOf(event, depth)).isEqualTo(nothing + 2);
    assertThat(bodyOf(event, zeros)).isEqualTo(nothing + 1);
  }

  private static int bodyOf(TraceEvent event, PerformanceMetrics metrics) {
    TraceEventData data = TraceEventData.builder().performanceMetrics(metrics).build();
    return TraceBinary.encodeEventBody(event.toBuilder().data(data).build()).length;
  }

  @Test
  void aTypicalBodyIsSmall() {
    EventId parent = EventId.random();
    TraceEvent event =
        TraceEvent.builder(TraceEventType.ACTOR_COMPLETED, "order-service")
            .data(TraceEventData.builder().executionTimeNs(1_234_567).attribute("n", 200).build())
            .causality(new CausalityInfo(parent, parent, List.of(), "b7ad6b7169203331"))
            .build();

    // head 2, type 1, flags 3, time 3, attribute 1 + 2 + 3, parent 16, span 8, checksum 4
    assertThat(TraceBinary.encodeEventBody(event)).hasSize(43);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 800, 5_000, 1_000_000, 10_000_000})
  void payloadsThatRepeatAreCompressedAndReadBack(int length) {
    TraceEvent event = withPayload(new byte[length]);

    byte[] bytes = TraceBinary.encodeEvent(event);

    assertThat(TraceBinary.decodeEvent(bytes)).isEqualTo(event);
    assertThat(bytes).hasSizeLessThan(Math.min(length, 1_000) + 300);
  }

  @ParameterizedTest
  @ValueSource(ints = {800, 5_000, 1_000_000, 70_000_000})
  void payloadsThatCannotBeCompressedTakeTheirLength(int length) {
    byte[] noise = new byte[length];
    new Random(7).nextBytes(noise);
    TraceEvent event = withPayload(noise);

    byte[] bytes = TraceBinary.encodeEvent(event);

    assertThat(TraceBinary.decodeEvent(bytes)).isEqualTo(event);
    assertThat(bytes).hasSizeLessThan(length + 300);
  }

  @Test
  void manyEventsThatReferToEachOtherAreReadBack() {
    List<TraceEvent> events = new ArrayList<>();
    for (int i = 1; i <= 10_000; i++) {
      EventId id = new EventId(new UUID(i, i));
      EventId parent = new EventId(new UUID(i / 2, i / 2));
      events.add(
          TraceEvent.builder(TraceEventType.custom("kind" + i % 5_000), "actor" + i)
              .eventId(id)
              .timestamp(Instant.ofEpochSecond(i % 100))
              .causality(new CausalityInfo(parent, id, List.of(parent, id), ""))
              .build());
    }
    FlowTrace trace = TRACE.withEvents(events);

    assertThat(TraceBinary.decode(TraceBinary.encode(trace))).isEqualTo(trace);
  }

  private static TraceEvent withPayload(byte[] payload) {
    return EVENT.toBuilder()
        .data(TraceEventData.builder().message(MessageSnapshot.of("m", Bytes.of(payload))).build())
        .build();
  }

  /** A line of the file of what version 2 wrote, which never changes. */
  private static String golden(String name) {
    try (InputStream in = TraceBinaryTest.class.getResourceAsStream("binary-v2.txt")) {
      String lines = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      return lines
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .map(line -> line.substring(name.length() + 1))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRefused(Sample sample, byte[] bytes) {
    Throwable error = catchThrowable(() -> sample.decode().apply(bytes));
    return error instanceof CorruptDataException;
  }

  private static byte[] content(byte[] sealed, int length) {
    return Arrays.copyOf(Arrays.copyOf(sealed, sealed.length - 4), length);
  }

  /** {@code content} under a checksum that is right. */
  private static byte[] sealed(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return ByteBuffer.allocate(content.length + 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(content)
        .putInt((int) crc.getValue())
        .array();
  }
}
